// usage: node picture.mjs OUT.png
// The picture of the page in the README: the first view, light, as wide as a laptop's. It needs what the page's tests need.
import { openPage, startBrowser, startServer, worldShown } from './harness.mjs';

const server = await startServer();
const browser = await startBrowser();
const { page } = await openPage(browser, server, '/', { viewport: { width: 1360, height: 860 }, colorScheme: 'light' });
await worldShown(page);
await page.waitForLoadState('networkidle');
await page.screenshot({ path: process.argv[2] });
await browser.close();
await server.stop();
