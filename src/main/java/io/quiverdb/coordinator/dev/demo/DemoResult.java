// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.List;
import java.util.Locale;

/**
 * The result of one part of the demo.
 *
 * @param figures lines of a table
 * @param checks what was promised, and whether it held
 */
record DemoResult(List<String> figures, List<CheckResult> checks) {
  static String row(String what, long figure) {
    return String.format(Locale.ROOT, "%-36s %6d", what, figure);
  }
}
