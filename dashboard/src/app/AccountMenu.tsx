import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconKey, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";
import { answered, gateway } from "../api/client";
import { Problem } from "../api/problem";
import { meQuery } from "../api/queries";
import { TradingItems } from "../features/risk/TradingItems";
import classes from "./Shell.module.css";

// The kit's dialogs are 9 kB that no page needs before somebody asks.
const Flatten = lazy(async () => ({ default: (await import("../features/risk/Flatten")).Flatten }));

/** Who is signed in, whether anything trades for them, and the way out. */
export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [flattening, question] = useDisclosure(false);
  // Stays there once it was asked, so that it closes as every dialog does.
  const [asked, setAsked] = useState(false);
  const leave = async (): Promise<void> => {
    await navigate({ to: "/signin", ignoreBlocker: true });
    cache.clear();
  };
  const signOut = useMutation({
    mutationFn: () => answered(gateway.POST("/api/auth/logout")),
    onSuccess: leave,
    onError: (error) => {
      // Whom the gateway no longer knows is signed out. Otherwise the cookie still counts, so the page may not look as if it did not.
      if (error instanceof Problem && error.status === 401) {
        return leave();
      }

      notifications.show({ color: "sell", message: "You are still signed in: the gateway did not sign you out. Try again." });
      return undefined;
    },
  });

  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="subtle" color="gray" size="compact-md" px={6} className={classes.account} aria-label="Your account">
            <IconUserCircle size={20} aria-hidden />
            <span className={classes.name}>{me?.username}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{me?.email}</Menu.Label>
          <Menu.Divider />
          <TradingItems
            onFlatten={() => {
              setAsked(true);
              question.open();
            }}
          />
          <Menu.Divider />
          <Menu.Item leftSection={<IconKey size={16} aria-hidden />} renderRoot={(props) => <Link to="/account" {...props} />}>
            Password and API keys
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {/* Outlives the menu, which is gone once an item is chosen. */}
      <Suspense>{asked ? <Flatten opened={flattening} onClose={question.close} /> : null}</Suspense>
    </>
  );
}
