import "./styles/admin.css";
import { installKeys } from "./keys";
import { focusSummary } from "./summary";

installKeys(document, window.localStorage);
focusSummary(document);
