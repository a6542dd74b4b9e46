import { notifications } from "@mantine/notifications";
import { Problem } from "../api/problem";

/** Says why a command that has no form of its own was not done. */
export const complain = (error: Error): void => {
  notifications.show({ color: "sell", message: error instanceof Problem ? error.message : "That failed. Try again." });
};
