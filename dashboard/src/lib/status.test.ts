import { describe, expect, it } from "vitest";
import { isMoving, isOpen, isOpenOrder, orderLook, reasonText, sessionLook, signalLook } from "./status";

describe("states", () => {
  it("are words, and a failed session stands out", () => {
    expect(sessionLook("FAILED")).toMatchObject({ word: "Failed", tone: "bad" });
    expect(signalLook("REJECTED")).toMatchObject({ word: "Refused", tone: "bad" });
  });

  it("that are new to this page are shown as they come", () => {
    expect(sessionLook("HIBERNATING").word).toBe("HIBERNATING");
    expect(signalLook("HIBERNATING").tone).toBe("calm");
    expect(orderLook("pending_cancel").word).toBe("pending_cancel");
  });

  it("say what can be stopped and what still moves", () => {
    expect([isOpen("STARTING"), isOpen("STOPPING"), isOpen("STOPPED")]).toEqual([true, false, false]);
    expect([isMoving("STOPPING"), isMoving("FAILED")]).toEqual([true, false]);
    expect(["held", "partially_filled", "canceled", "toString"].map(isOpenOrder)).toEqual([true, true, false, false]);
  });
});

describe("why a signal was refused", () => {
  it("is told in words where the code is known", () => {
    expect(reasonText("INSUFFICIENT_FUNDS", "required=1500.00 available=1200.00")).toBe("Not enough available cash");
  });

  it("is the gateway's sentence for another code, else the code", () => {
    expect(reasonText("DAILY_LOSS_LIMIT", "The day's loss limit is reached.")).toBe("The day's loss limit is reached.");
    expect(reasonText("DAILY_LOSS_LIMIT", null)).toBe("DAILY_LOSS_LIMIT");
    expect(reasonText(null, null)).toBeNull();
  });
});
