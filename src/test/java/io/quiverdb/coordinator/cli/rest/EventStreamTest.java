// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the reader of a stream gets from the bytes of a member. */
class EventStreamTest {
  /** As many lines as wait at most. */
  private static final int EVENTS = 512;

  @Test
  void noLineIsLostWhenAStreamEndsBeforeItIsRead() throws Exception {
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      sent.append("data: ").append(i).append("\n\n");
    }
    byte[] bytes = sent.toString().getBytes(StandardCharsets.UTF_8);
    String member = "a full queue";
    try (EventStream stream =
        new EventStream(member, new ByteArrayInputStream(bytes), Duration.ofMillis(100))) {
      await().until(() -> !runs("events of " + member));
      for (int i = 0; i < EVENTS; i++) {
        assertEquals(Optional.of(Integer.toString(i)), stream.next().map(EventStream.Event::data));
      }
      assertEquals(Optional.empty(), stream.next());
    }
  }

  private static boolean runs(String thread) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(each -> each.getName().contains(thread));
  }
}
