import { Container, Text, Title } from "@mantine/core";
import { AppLink } from "../ui/AppLink";

export function NotFound() {
  return (
    <Container size="xs" py="xl" component="main">
      <Title order={1}>No such page</Title>
      <Text mt="sm">
        The address leads nowhere. <AppLink to="/">Go to the portfolio</AppLink>
      </Text>
    </Container>
  );
}
