// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.junit.jupiter.api.Test;

/** When a leader gives up changing who votes. */
class JammedChangesTest {
  private static final Throwable DUPLICATE =
      new ExecutionException(
          new CompletionException(new IllegalStateException("Found duplicated element b")));

  private final JammedChanges jammed = new JammedChanges();

  @Test
  void twoBrokenPreconditionsInOneTermAreEnough() {
    jammed.failed(3, DUPLICATE);
    assertFalse(jammed.in(3));
    jammed.failed(3, new IllegalStateException());
    assertTrue(jammed.in(3));
    jammed.changed();
    assertFalse(jammed.in(3));
  }

  @Test
  void anotherTermBeginsWithout() {
    jammed.failed(3, DUPLICATE);
    jammed.failed(3, DUPLICATE);
    assertFalse(jammed.in(4));
    jammed.failed(4, DUPLICATE);
    assertFalse(jammed.in(4));
  }

  @Test
  void whatABusyMachineBringsDoesNotCount() {
    for (int i = 0; i < 10; i++) {
      jammed.failed(3, new TimeoutException());
      jammed.failed(3, new ExecutionException(new ReconfigurationInProgressException("busy")));
      jammed.failed(3, null);
    }
    assertFalse(jammed.in(3));
  }
}
