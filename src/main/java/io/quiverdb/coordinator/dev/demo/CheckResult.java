// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.List;

/**
 * One line of a verdict.
 *
 * @param claim the promise
 * @param wrong the evidence against it; empty: it holds
 */
record CheckResult(String claim, List<String> wrong) {
  boolean holds() {
    return wrong.isEmpty();
  }
}
