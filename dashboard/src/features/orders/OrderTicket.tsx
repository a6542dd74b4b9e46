import { Alert, Button, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import { ordersKey } from "../../api/queries";
import type { NewOrder } from "../../api/types";
import { useOnce } from "../../api/useOnce";
import { quantityText } from "../../lib/fmt";
import { Choice } from "../../ui/Choice";
import { type Fields, blank, faultsOf, lastsFor, newOrderOf, placeOf, shownFor, timesFor } from "./fields";
import { lastsText, termsText } from "./words";

const types = [
  { value: "market", label: "Market" },
  { value: "limit", label: "Limit" },
  { value: "stop", label: "Stop" },
  { value: "stop_limit", label: "Stop with limit" },
  { value: "trailing_stop", label: "Trailing stop" },
];

const says: Readonly<Record<string, string>> = {
  market: "Trades at once, at what the market asks.",
  limit: "Trades at this price or a better one.",
  stop: "Trades at the market once the price has reached the stop.",
  stop_limit: "Once the price has reached the stop, trades at the limit or better.",
  trailing_stop: "A stop that follows the best price at a distance and never moves back.",
};

/** An order by hand. */
export function OrderTicket({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const form = useForm<Fields>({ initialValues: blank, validate: faultsOf });
  const shown = shownFor(form.values);

  const send = useOnce((body: NewOrder, headers) => answered(gateway.POST("/trade/orders", { body, headers })));
  const place = useMutation({
    mutationFn: (fields: Fields) => send(newOrderOf(fields)),
    onSuccess: async (order) => {
      onClose();
      notifications.show({ message: `Taken in: ${order.side} ${quantityText(order.qty)} ${order.symbol}, ${termsText(order)}.` });
      await cache.invalidateQueries({ queryKey: ordersKey });
    },
    onError: (refusal, fields) => {
      if (refusal instanceof Problem) {
        form.setErrors(faultsAt(refusal, fields));
      }
    },
  });
  const { error, variables: sent } = place;
  const isSaidAtField = error instanceof Problem && sent !== undefined && Object.keys(faultsAt(error, sent)).length > 0;

  return (
    <form onSubmit={form.onSubmit((fields) => place.mutate(fields))}>
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          aria-label="Side"
          data={[
            { value: "buy", label: "Buy" },
            { value: "sell", label: "Sell" },
          ]}
          {...form.getInputProps("side")}
        />
        <TextInput label="Symbol" description="A stock like SPY, or a crypto pair like BTC/USD." data-autofocus {...form.getInputProps("symbol")} />
        <Select label="Order" description={says[form.values.type]} allowDeselect={false} data={types} {...form.getInputProps("type")} />
        <Sized
          units={shown.mayBeByValue ? { qty: "Units", notional: "Value" } : { qty: "Units" }}
          {...form.getInputProps("by")}
        >
          {shown.notional ? (
            <TextInput label="Value, USD" inputMode="decimal" {...form.getInputProps("notional")} />
          ) : (
            <TextInput label="Quantity" inputMode="decimal" {...form.getInputProps("qty")} />
          )}
        </Sized>
        {shown.stop_price ? <TextInput label="Stop, USD" inputMode="decimal" {...form.getInputProps("stop_price")} /> : null}
        {shown.limit_price ? <TextInput label="Limit, USD" inputMode="decimal" {...form.getInputProps("limit_price")} /> : null}
        {form.values.type === "trailing_stop" ? (
          <Sized units={{ trail_percent: "Percent", trail_price: "USD" }} {...form.getInputProps("trailBy")}>
            {shown.trail_price ? (
              <TextInput label="Distance, USD" inputMode="decimal" {...form.getInputProps("trail_price")} />
            ) : (
              <TextInput label="Distance, percent" inputMode="decimal" {...form.getInputProps("trail_percent")} />
            )}
          </Sized>
        ) : null}
        <Select
          label="Lasts"
          allowDeselect={false}
          data={timesFor(form.values).map((value) => ({ value, label: lastsText(value) }))}
          {...form.getInputProps("time_in_force")}
          value={lastsFor(form.values)}
        />
        {error === null || isSaidAtField ? null : (
          <Alert role="alert" color="sell" p="xs">
            {error instanceof Problem ? error.message : "That failed. Try again."}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={form.values.side} loading={place.isPending}>
            {buttonText(form.values)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the button does, as far as it is written already. */
function buttonText(fields: Fields): string {
  const { symbol, side, qty, notional } = newOrderOf(fields);
  const size = qty ?? (notional == null || notional === "" ? "" : `$${notional} of`);
  return [side === "buy" ? "Buy" : "Sell", size, symbol].filter(Boolean).join(" ");
}

/** What was refused, by the field it is about; nothing where it is about the order as a whole, or about what the ticket has no field for. */
function faultsAt({ code, message, fields }: Problem, sent: Fields): Record<string, string> {
  const field = placeOf(code, sent);
  return field === undefined ? Object.fromEntries(Object.entries(fields).filter(([name]) => name in blank)) : { [field]: message };
}

interface SizedProps {
  /** What the number may be given in. */
  units: Readonly<Record<string, string>>;
  value?: string;
  onChange?: (unit: string) => void;
  children: ReactNode;
}

/** A number beside the choice of what it is given in. */
function Sized({ units, value, onChange, children }: SizedProps) {
  const data = Object.entries(units).map(([unit, text]) => ({ value: unit, label: text }));
  return (
    <Group grow align="flex-start" gap="sm" wrap="nowrap">
      {children}
      {data.length === 1 ? null : (
        <Choice label="Given in" fullWidth data={data} value={value ?? ""} onChange={(unit) => onChange?.(unit)} />
      )}
    </Group>
  );
}
