import "./styles/admin.css";
import { installCopy } from "./copy";
import { installKeys } from "./keys";
import { installLive } from "./live";
import { pressWithSpace } from "./press";
import { focusSummary } from "./summary";

installCopy(document, navigator.clipboard as Clipboard | undefined);
installKeys(document, window.localStorage);
installLive(document);
focusSummary(document);
pressWithSpace(document);
