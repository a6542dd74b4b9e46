import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { usersKey } from "../../api/queries";
import { emailFault, usernameFault } from "../../lib/credentials";
import { FormFault } from "../../ui/FormFault";
import type { LinkOf } from "./words";

interface NewUserProps {
  opened: boolean;
  onClose: () => void;
  onMade: (made: LinkOf) => void;
}

/** Opens an account for somebody, who sets its password himself. */
export function NewUser({ opened, onClose, onMade }: NewUserProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New user" centered>
      {opened ? <Form onClose={onClose} onMade={onMade} /> : null}
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<NewUserProps, "opened">) {
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { email: "", username: "" },
    validate: { email: emailFault, username: usernameFault },
  });
  const add = useMutation({
    mutationFn: (body: { email: string; username: string }) => answered(gateway.POST("/api/admin/users", { body })),
    onSuccess: async ({ user, link }) => {
      onClose();
      onMade({ username: user.username, link });
      await cache.invalidateQueries({ queryKey: usersKey });
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  return (
    <form noValidate onSubmit={form.onSubmit(({ email, username }) => add.mutate({ email: email.trim(), username: username.trim() }))}>
      <Stack gap="sm">
        <Text size="sm">You get a link to pass on, by which they set their password.</Text>
        <TextInput label="Email" type="email" autoComplete="off" data-autofocus {...form.getInputProps("email")} />
        <TextInput label="Name" autoComplete="off" maxLength={64} {...form.getInputProps("username")} />
        <FormFault error={add.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Open the account
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
