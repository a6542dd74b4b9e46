import { ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { latestFiringsQuery, meQuery } from "../api/queries";
import { countUnseen, onSeen, seenUntil } from "../lib/seenAlerts";
import { useIsVisible } from "../lib/useIsVisible";
import classes from "./Shell.module.css";

const looked = 20;
const toast = "alert";

/** How many alerts fired that were not looked at yet; says the newest aloud when it comes. */
export function AlertBell() {
  const { data: me } = useQuery(meQuery);
  const { data } = useQuery(latestFiringsQuery(looked));
  const until = useSyncExternalStore(onSeen, () => seenUntil(me?.id ?? ""));
  const firings = data?.items ?? [];
  const unseen = me === undefined ? 0 : countUnseen(firings, until);
  const newest = firings.find(({ isMuted }) => !isMuted);

  // The page of the alerts shows each by itself.
  const isShown = useLocation({ select: ({ pathname }) => pathname.endsWith("/alerts") });
  // What was there when the page opened is old news.
  const told = useRef<string | null>(null);
  const isRead = data !== undefined;
  const isVisible = useIsVisible();
  const newestId = newest?.id ?? "";
  const newestName = newest?.name ?? "";
  const message = newest?.message ?? "";
  useEffect(() => {
    // Out of sight it would be gone before anybody came: it is said when the page is looked at again.
    if (!isRead || !isVisible) {
      return;
    }

    if (told.current !== null && told.current !== newestId && newestId !== "" && !isShown) {
      // The newest takes the place of the one before: an alert that fires often must not fill the screen.
      notifications.hide(toast);
      notifications.show({ id: toast, title: newestName, message });
    }

    told.current = newestId;
  }, [isRead, isShown, isVisible, newestId, newestName, message]);

  const count = unseen >= looked ? `${looked}+` : String(unseen);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      className={classes.bell}
      aria-label={unseen === 0 ? "Alerts: none is new" : `Alerts: ${count} new`}
      renderRoot={(props) => <Link to="/alerts" {...props} />}
    >
      <IconBell size={18} aria-hidden />
      {unseen === 0 ? null : <span className={classes.unseen}>{count}</span>}
    </ActionIcon>
  );
}
