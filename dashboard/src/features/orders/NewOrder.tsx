import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { OrderTicket } from "./OrderTicket";

/** Opens the ticket for an order by hand. */
export function NewOrder() {
  const [opened, ticket] = useDisclosure(false);
  return (
    <>
      <Button size="compact-md" leftSection={<IconPlus size={16} aria-hidden />} onClick={ticket.open}>
        New order
      </Button>
      <Modal opened={opened} onClose={ticket.close} title="New order" centered>
        {opened ? <OrderTicket onClose={ticket.close} /> : null}
      </Modal>
    </>
  );
}
