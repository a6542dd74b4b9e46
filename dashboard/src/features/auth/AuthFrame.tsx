import { Container, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./AuthFrame.module.css";

/** The card that signing in and registering share. */
export function AuthFrame({ title, lead, children, foot }: { title: string; lead: string; children?: ReactNode; foot: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · StratForge`;
  }, [title]);

  return (
    <Container component="main" size={400} className={classes.frame}>
      <div className={classes.brand}>
        <img src="/favicon.svg" alt="" width={32} height={32} />
        <span>StratForge</span>
      </div>
      <div className={classes.card}>
        <Title order={1}>{title}</Title>
        <Text size="sm" c="dimmed" mb="md">
          {lead}
        </Text>
        {children}
      </div>
      <Text size="sm" c="dimmed" ta="center" mt="md">
        {foot}
      </Text>
    </Container>
  );
}
