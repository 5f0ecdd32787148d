// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class CliEnvironmentTest {
  @Test
  void resultsAreUtf8WhateverTheLocale() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, US_ASCII));
    try {
      CliEnvironment.ofThisProcess().out().println("{\"id\":\"zürich 🚀\"}");
    } finally {
      System.setOut(before);
    }
    assertEquals("{\"id\":\"zürich 🚀\"}" + System.lineSeparator(), bytes.toString(UTF_8));
  }
}
