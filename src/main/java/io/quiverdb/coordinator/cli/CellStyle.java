// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

/** The colour of a cell, where colours are allowed. */
enum CellStyle {
  PLAIN(""),
  HEADER("\u001b[1m"),
  GOOD("\u001b[32m"),
  DOUBTFUL("\u001b[33m"),
  BAD("\u001b[31m");

  private static final String END = "\u001b[0m";

  private final String start;

  CellStyle(String start) {
    this.start = start;
  }

  String paint(String text) {
    return start.isEmpty() || text.isBlank() ? text : start + text + END;
  }
}
