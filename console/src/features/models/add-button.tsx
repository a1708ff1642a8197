import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { Gate } from "@/ui/gate";
import type { SetSearch } from "./search";

/** Begins what is new on the tab that is open. */
export const AddButton = (props: { permission: string; set: SetSearch; children: ReactNode }) => (
  <Gate permission={props.permission}>
    <Button variant="primary" onClick={() => props.set({ new: true })}>
      {props.children}
    </Button>
  </Gate>
);
