/* Two-letter country codes, which people type: ISO 3166 alpha-2 to alpha-3, with UK and EL as they are used in Europe. */
#include "data/data.h"

#include <string.h>

/* Each five letters: the short code, then the long one. */
static const char pairs[] = "AEARE AFAFG ALALB AMARM AOAGO ARARG ATAUT AUAUS AZAZE BABIH BDBGD BEBEL BFBFA "
                            "BGBGR BHBHR BIBDI BJBEN BNBRN BOBOL "
                            "BRBRA BTBTN BWBWA BYBLR BZBLZ CACAN CDCOD CFCAF CGCOG CHCHE CICIV CLCHL CMCMR "
                            "CNCHN COCOL CRCRI CUCUB CYCYP CZCZE "
                            "DEDEU DKDNK DODOM DZDZA ECECU EEEST EGEGY ELGRC ESESP ETETH FIFIN FJFJI FRFRA "
                            "GAGAB GBGBR GEGEO GHGHA GNGIN GRGRC "
                            "GTGTM HKHKG HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR ININD IQIRQ IRIRN ISISL "
                            "ITITA JMJAM JOJOR JPJPN KEKEN KGKGZ "
                            "KHKHM KRKOR KWKWT KZKAZ LALAO LBLBN LKLKA LTLTU LULUX LVLVA LYLBY MAMAR MDMDA "
                            "MEMNE MGMDG MKMKD MLMLI MMMMR MNMNG "
                            "MTMLT MUMUS MWMWI MXMEX MYMYS MZMOZ NANAM NENER NGNGA NINIC NLNLD NONOR NPNPL "
                            "NZNZL OMOMN PAPAN PEPER PGPNG PHPHL "
                            "PKPAK PLPOL PTPRT PYPRY QAQAT ROROU RSSRB RURUS RWRWA SASAU SDSDN SESWE SGSGP "
                            "SISVN SKSVK SNSEN SVSLV SYSYR TGTGO "
                            "THTHA TJTJK TNTUN TRTUR TTTTO TWTWN TZTZA UAUKR UGUGA UKGBR USUSA UYURY UZUZB "
                            "VEVEN VNVNM YEYEM ZAZAF ZMZMB ZWZWE";

bool pl_long_code(const char *text, char code[4]) {
    if (strlen(text) != 2)
        return false;
    for (const char *p = pairs; p < pairs + sizeof pairs - 1; p += 6) {
        const char key[3] = {p[0], p[1], 0};
        if (pl_same_word(text, key)) {
            memcpy(code, p + 2, 3);
            code[3] = 0;
            return true;
        }
    }
    return false;
}
