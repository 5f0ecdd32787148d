package io.quiverdb.coordinator.migration;

/** Asks the operator. */
final class Operator {
  private final Control control;

  Operator(Control control) {
    this.control = control;
  }

  /** Holds the move until an operator says {@code retry}, however long that takes. */
  void ask(String what, String detail) throws InterruptedException {
    long asked = control.migration().retries();
    while (control.migration().retries() == asked) {
      control.check();
      control.hold(what, detail);
    }
    control.check();
  }
}
