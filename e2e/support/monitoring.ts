import { expect } from "@playwright/test";

import { be, type Looked } from "./test.js";

type Step = Looked["open"];

const at =
  (path: string): Step =>
  (page, otklik) =>
    page.goto(`${otklik.demo.admin_url}monitoring${path}`);

/** Follows the first link of the page shown whose address fits. */
const follow =
  (address: RegExp): Step =>
  async (page) => {
    const links = await page.locator("main a[href]").all();
    const all = await Promise.all(links.map(async (link) => (await link.getAttribute("href")) ?? ""));
    const found = all.find((href) => address.test(href));
    if (found === undefined) throw new Error(`no link of ${page.url()} fits ${String(address)}`);
    await page.goto(new URL(found, page.url()).href);
  };

/** The first link of a page whose address fits, and of the page there, and so on. */
const first =
  (path: string, ...addresses: RegExp[]): Step =>
  async (page, otklik) => {
    await at(path)(page, otklik);
    for (const address of addresses) await follow(address)(page, otklik);
  };

/** As the administrator of the region whose daily data the demo has. */
const ofRegion =
  (open: Step): Step =>
  async (page, otklik) => {
    const [, administrator] = otklik.accounts("administrator", 2);
    if (administrator !== undefined) await be(page, otklik, administrator);
    await open(page, otklik);
  };

/** The page of the first entry of a list. */
const entry = (list: string, query = ""): Step => first(`/${list}${query}`, new RegExp(`/monitoring/${list}/\\d+$`));

const press =
  (path: string, button: string, says: string): Step =>
  async (page, otklik) => {
    await at(path)(page, otklik);
    await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
    await expect(page.getByRole("main")).toContainText(says);
  };

/** The pages about how services run. */
export const MONITORING: Looked[] = [
  { name: "monitoring-overview", as: "mer_observer", open: at("") },
  { name: "monitoring-overview-of-officer", as: "responsible_employee", open: at("") },
  { name: "monitoring-analysis", as: "mer_observer", open: at("/analysis") },
  { name: "monitoring-analysis-of-body", as: "mer_observer", open: at("/analysis?body=nso-mfc-1") },
  { name: "monitoring-analysis-of-service", as: "mer_observer", open: first("/analysis", /\/analysis\?service=\d+/) },
  { name: "monitoring-analysis-of-officer", as: "responsible_employee", open: at("/analysis") },
  { name: "monitoring-analysis-with-mistakes", as: "mer_observer", status: 422, open: at("/analysis?body=nowhere&from=2026-13-40") },
  { name: "monitoring-analysis-which-body", as: "mer_observer", status: 422, open: at("/analysis?by=region&body=%D0%BC%D1%84%D1%86") },
  { name: "monitoring-map", as: "mer_observer", open: at("/map") },
  { name: "monitoring-map-whole", as: "mer_observer", open: at("/map?all=1") },
  { name: "monitoring-analysis-between", as: "mer_observer", open: at("/analysis?by=region&from_status=2&to_status=3") },
  { name: "monitoring-analysis-by-month", as: "mer_observer", open: at("/analysis?by=month&from=2026-09-15&to=2026-11-19") },
  { name: "monitoring-applications", as: "mer_observer", open: first("/analysis", /\/applications\?.*what=overdue/) },
  { name: "monitoring-applications-none", as: "mer_observer", open: at("/applications?from=2001-01-01&to=2001-01-02") },
  { name: "monitoring-application", as: "mer_observer", open: first("/analysis", /\/applications\?.*what=rule/, /\/application\?/) },
  { name: "monitoring-application-search", as: "mer_observer", open: at("/application") },
  { name: "monitoring-application-unknown", as: "mer_observer", open: at("/application?request=0") },
  { name: "monitoring-completeness", as: "mer_observer", open: at("/completeness") },
  { name: "monitoring-completeness-empty", as: "mer_observer", open: at("/completeness?month=2001-01") },
  { name: "monitoring-deliveries", as: "mer_observer", open: at("/deliveries") },
  { name: "monitoring-deliveries-none", as: "mer_observer", open: at("/deliveries?from=2001-01-01&to=2001-01-02") },
  { name: "monitoring-delivery", as: "mer_observer", open: entry("deliveries", "?state=accepted") },
  { name: "monitoring-delivery-rejected", as: "mer_observer", open: entry("deliveries", "?state=rejected") },
  { name: "monitoring-upload", as: "administrator", open: ofRegion(at("/deliveries/new")) },
  { name: "monitoring-upload-with-mistakes", as: "administrator", status: 422, open: ofRegion(press("/deliveries/new", "Отправить на проверку", "Выберите файл")) },
  { name: "monitoring-senders", as: "mer_observer", open: at("/senders") },
  { name: "monitoring-sender", as: "administrator", open: ofRegion(entry("senders")) },
  { name: "monitoring-sender-new", as: "administrator", open: ofRegion(at("/senders/new")) },
  { name: "monitoring-sender-new-with-mistakes", as: "administrator", status: 422, open: ofRegion(press("/senders/new", "Добавить", "Укажите код органа")) },
  { name: "monitoring-statuses", as: "mer_observer", open: at("/records") },
  { name: "monitoring-status", as: "mer_observer", open: at("/records/one?kind=statuses&name=6") },
  { name: "monitoring-status-for-editing", as: "analytical_centre", open: at("/records/one?kind=statuses&name=6") },
  { name: "monitoring-items", as: "mer_observer", open: at("/records?kind=items") },
  { name: "monitoring-item", as: "mer_observer", open: at("/records/one?kind=items&name=mfc%2F6a") },
  { name: "monitoring-order", as: "mer_observer", open: at("/records?kind=order") },
  { name: "monitoring-norms", as: "mer_observer", open: at("/records?kind=norms") },
  { name: "monitoring-holidays", as: "mer_observer", open: at("/records?kind=holidays") },
  { name: "monitoring-regions", as: "mer_observer", open: at("/records?kind=regions") },
  { name: "monitoring-services", as: "mer_observer", open: at("/records?kind=services") },
  { name: "monitoring-own-statuses", as: "mer_observer", open: at("/records?kind=own") },
  { name: "monitoring-partners", as: "mer_observer", open: at("/partners") },
  { name: "monitoring-partner", as: "administrator", open: ofRegion(entry("partners")) },
  { name: "monitoring-sending", as: "administrator", open: ofRegion(first("/partners", /\/sendings\/\d+$/)) },
  { name: "monitoring-partner-new", as: "administrator", open: ofRegion(at("/partners/new")) },
  { name: "monitoring-partner-new-with-mistakes", as: "administrator", status: 422, open: ofRegion(press("/partners/new", "Добавить", "Укажите адрес")) },
];
