"""Reading and writing plain CSV tables, for the scripts that prepare the built-in worlds."""

import csv
import gzip
import os


def read(path):
    """The rows of a CSV file (plain or .gz) as dictionaries."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_matrix(path):
    """A file of numbers separated by white space, one list per line."""
    with open(path, encoding="utf-8") as file:
        return [[float(x) for x in line.split()] for line in file if line.strip()]


def write(path, header, rows):
    """Writes a CSV file; floats in full, so that reading them back gives the same numbers."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        for row in rows:
            out.writerow([repr(x) if isinstance(x, float) else x for x in row])


def write_gz(path, header, rows):
    """The same, compressed, with no time or file name inside: equal tables give equal bytes."""
    write(path + ".plain", header, rows)
    with open(path + ".plain", "rb") as plain, open(path, "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as out:
            out.write(plain.read())
    os.remove(path + ".plain")


def write_notes(folder, notes):
    write(os.path.join(folder, "notes.csv"), ["key", "text"], notes)


def write_world(folder, countries, sectors, flows, inputs, value_added, elasticities, notes):
    """A world as the folder of tables that `parley world import --format flows` reads.

    countries: [(code, name)]; sectors: [(code, name, goods)]; flows: {(sector, buyer, seller): (value, tariff)};
    inputs: {(country, user, input): share}; value_added: {(country, sector): share};
    elasticities: [(set, {sector: theta})], the first being the default.
    """
    codes = [c for c, _ in countries]
    names = [s[0] for s in sectors]
    write(os.path.join(folder, "countries.csv"), ["country", "name"], countries)
    write(os.path.join(folder, "sectors.csv"), ["sector", "name", "goods"], [(s, n, int(g)) for s, n, g in sectors])
    write(os.path.join(folder, "flows.csv"), ["importer", "exporter", "sector", "value_musd", "tariff"],
          ((n, i, j, *flows[j, n, i]) for j in names for n in codes for i in codes
           if flows.get((j, n, i), (0, 0)) != (0, 0)))
    write(os.path.join(folder, "input_shares.csv"), ["country", "input", "user", "share_of_gross_output"],
          ((n, k, j, inputs[n, j, k]) for n in codes for j in names for k in names if inputs.get((n, j, k), 0) != 0))
    write(os.path.join(folder, "value_added_shares.csv"), ["country", "sector", "share_of_gross_output"],
          ((n, j, value_added[n, j]) for n in codes for j in names))
    write(os.path.join(folder, "elasticities.csv"), ["sector"] + [name for name, _ in elasticities],
          ([j] + [float(theta[j]) for _, theta in elasticities] for j in names))
    write_notes(folder, notes)
