import "./styles/admin.css";
import { installKeys } from "./keys";
import { pressWithSpace } from "./press";
import { focusSummary } from "./summary";

installKeys(document, window.localStorage);
focusSummary(document);
pressWithSpace(document);
