package io.quiverdb.coordinator.dev.demo;

import java.util.List;
import java.util.Locale;

/**
 * How an act of a story went.
 *
 * @param figures lines of a table
 * @param findings what was promised, and whether it held
 */
record DemoResult(List<String> figures, List<CheckResult> findings) {
  static String row(String what, long figure) {
    return String.format(Locale.ROOT, "%-36s %6d", what, figure);
  }
}
