import { ActionIcon, AppShell, Burger, Button, Group, Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconActivity,
  IconBell,
  IconChartPie,
  IconCode,
  IconLicense,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answered, gateway } from "../api/client";
import { meQuery, versionQuery } from "../api/queries";
import { useStream } from "../live/useStream";
import { AlertBell } from "./AlertBell";
import { LinkPill } from "./LinkPill";
import classes from "./Shell.module.css";

const pages = [
  { to: "/", label: "Portfolio", Icon: IconChartPie },
  { to: "/sessions", label: "Sessions", Icon: IconActivity },
  { to: "/strategies", label: "Strategies", Icon: IconCode },
  { to: "/alerts", label: "Alerts", Icon: IconBell },
] as const;

/** Rail, header, and the page between them. */
export function Shell() {
  const [railOpen, rail] = useDisclosure(false);
  useStream();

  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 196, breakpoint: "sm", collapsed: { mobile: !railOpen } }} padding={0}>
      <a className="sf-skip" href="#page">
        Skip to the page
      </a>
      <AppShell.Header className={classes.header}>
        <Burger
          opened={railOpen}
          onClick={rail.toggle}
          hiddenFrom="sm"
          size="sm"
          aria-label={railOpen ? "Close the menu" : "Open the menu"}
        />
        <Link to="/" className={classes.brand} aria-label="StratForge, to the portfolio">
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span>StratForge</span>
        </Link>
        <span className={classes.paper} title="Orders go to a paper account: nothing here is real money.">
          Paper
        </span>
        <div className={classes.right}>
          <NewVersion />
          <LinkPill />
          <AlertBell />
          <SchemeSwitch />
          <AccountMenu />
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={classes.rail} aria-label="Pages">
        {pages.map(({ to, label, Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes.link}
            activeProps={{ className: classes.active, "aria-current": "page" }}
            activeOptions={{ exact: to === "/" }}
            onClick={rail.close}
          >
            <Icon size={18} aria-hidden />
            {label}
          </Link>
        ))}
        <Link to="/licences" className={`${classes.link} ${classes.last}`} activeProps={{ className: classes.active }} onClick={rail.close}>
          <IconLicense size={18} aria-hidden />
          Licences
        </Link>
      </AppShell.Navbar>
      <AppShell.Main id="page" className={classes.main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("dark") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => setColorScheme(dark ? "light" : "dark")}
      aria-label={dark ? "Use the light scheme" : "Use the dark scheme"}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => answered(gateway.POST("/api/auth/logout")),
    // Also when the gateway refused: what it no longer accepts as signed in is signed out.
    onSettled: async () => {
      await navigate({ to: "/signin" });
      cache.clear();
    },
  });

  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-md" px={6} className={classes.account} aria-label="Your account">
          <IconUserCircle size={20} aria-hidden />
          <span className={classes.name}>{me?.username}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me?.email}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says so when the gateway is a newer build than the one this page came from. */
function NewVersion() {
  const { data } = useQuery(versionQuery);
  const version = data?.version ?? null;
  const [first, setFirst] = useState(version);
  if (first === null && version !== null) {
    setFirst(version);
  }

  return first !== null && version !== null && first !== version ? (
    <Group>
      <Button size="compact-sm" variant="light" onClick={() => location.reload()}>
        New version: reload
      </Button>
    </Group>
  ) : null;
}
