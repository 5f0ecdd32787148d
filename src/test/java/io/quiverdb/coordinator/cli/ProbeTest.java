// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import org.junit.jupiter.api.Test;

/** A container's health check uses only the exit code. */
class ProbeTest {
  @Test
  void livesAndIsReady() {
    try (StubMember member = new StubMember()) {
      member.on("GET /livez", 200, "ok").on("GET /readyz", 503, "not ready");
      assertEquals(0, new Shell().type("probe", "--url", member.url()).code());
      Typed unready = new Shell().type("probe", "--url", member.url(), "--ready");
      assertEquals(1, unready.code());
      assertTrue(unready.err().contains("/readyz answers 503"), unready.err());
    }
  }

  @Test
  void nobodyAnswers() {
    Typed typed = new Shell().type("probe", "--url", "http://127.0.0.1:1");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("/livez does not answer: "), typed.err());
  }
}
