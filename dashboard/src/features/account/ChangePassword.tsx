import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { apiKeysQuery, meQuery, ownSignIns } from "../../api/queries";
import { minimumPassword, passwordFault } from "../../lib/credentials";
import { FormFault } from "../../ui/FormFault";
import { Panel } from "../../ui/Panel";
import classes from "./ChangePassword.module.css";

const eye = { visibilityToggleButtonProps: { "aria-label": "Show or hide the password", tabIndex: 0 } };

/** A new password in place of the one in force. */
export function ChangePassword() {
  const { data: me } = useQuery(meQuery);
  const cache = useQueryClient();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { currentPassword: "", newPassword: "" },
    validate: { currentPassword: (password) => (password === "" ? "Write the password you have now." : null), newPassword: passwordFault },
  });
  const change = useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => answered(gateway.POST("/api/auth/change-password", { body })),
    onSuccess: async () => {
      form.reset();
      notifications.show({ message: "Your password is changed. Other browsers and programs have to sign in again." });
      await Promise.all([cache.invalidateQueries({ queryKey: apiKeysQuery.queryKey }), cache.resetQueries({ queryKey: ownSignIns.key })]);
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.code === "wrong-password" ? { currentPassword: error.message } : error.fields);
      }
    },
  });

  return (
    <Panel title="Password" padded>
      <form noValidate className={classes.form} onSubmit={form.onSubmit((fields) => change.mutate(fields))}>
        <Stack gap="sm">
          <Text size="sm">A new password signs you out everywhere else and revokes all your API keys.</Text>
          {/* Tells password managers whose it is. */}
          <input type="text" autoComplete="username" value={me?.email ?? ""} readOnly hidden />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            {...eye}
            key={form.key("currentPassword")}
            {...form.getInputProps("currentPassword")}
          />
          <PasswordInput
            label="New password"
            description={`At least ${minimumPassword} characters.`}
            autoComplete="new-password"
            {...eye}
            key={form.key("newPassword")}
            {...form.getInputProps("newPassword")}
          />
          {change.error instanceof Problem && change.error.code === "wrong-password" ? null : <FormFault error={change.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
