import "./styles/admin.css";
import { installKeys } from "./keys";
import { installLive } from "./live";
import { pressWithSpace } from "./press";
import { focusSummary } from "./summary";

installKeys(document, window.localStorage);
installLive(document);
focusSummary(document);
pressWithSpace(document);
