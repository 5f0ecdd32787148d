// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Migration;
import java.util.List;

/** Asks the operator, and waits for the answer. */
public final class OperatorQuestion {
  private final StepControl control;

  /** For one step. */
  public OperatorQuestion(StepControl control) {
    this.control = control;
  }

  /**
   * Holds the migration until an operator answers {@code retry} to this question, without a time
   * limit.
   *
   * @param urls of the shards that it is about
   */
  public void ask(String what, String detail, List<String> urls) throws InterruptedException {
    try {
      untilAnswered(what, detail, urls);
    } finally {
      control.closeQuestion(what, urls);
    }
    control.check();
  }

  private void untilAnswered(String what, String detail, List<String> urls)
      throws InterruptedException {
    long asked = control.migration().retries();
    while (true) {
      control.check();
      control.question(what, detail, urls);
      Migration now = control.migration();
      if (now.retries() != asked
          && now.retried().filter(hold -> hold.says(what, detail, urls)).isPresent()) {
        return;
      }
      asked = now.retries();
    }
  }
}
