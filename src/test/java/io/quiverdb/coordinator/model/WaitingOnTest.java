// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitingOnTest {
  private static final String S1 = "http://s1:6333";
  private static final String S2 = "http://s2:6333";

  /** A collection may be named like a shard. */
  @Test
  void namesShardsByTheirListAndNotByItsWords() {
    WaitingOn waiting =
        new WaitingOn("shard", S2 + " has no collection " + S1, List.of(S2), 0, 1, 0);
    assertTrue(waiting.names(List.of("http://replica:6333", S2)));
    assertFalse(waiting.names(List.of(S1)));
    assertFalse(new WaitingOn("router", S1 + " is away", 0, 1, 0).names(List.of(S1)));
  }

  @Test
  void isTheSameWaitWhateverItsWordsAndAttempts() {
    WaitingOn first = new WaitingOn("shard", "answered 503", List.of(S1), 7, 1, 0);
    WaitingOn later = new WaitingOn("shard", "no answer", List.of(S1), 7, 5, 9);
    assertEquals(first.id(), later.id());
    assertFalse(first.id().equals(new WaitingOn("truth", "no answer", List.of(S1), 7, 5, 9).id()));
    assertFalse(first.id().equals(new WaitingOn("shard", "no answer", List.of(S1), 8, 5, 9).id()));
  }

  @Test
  void knowsWhatItSaysThoughThatWasTooLong() {
    String endless = "x".repeat(10_000);
    List<String> many = IntStream.range(0, 100).mapToObj(i -> "http://s" + i).toList();
    WaitingOn waiting = new WaitingOn("truth", endless, many, 7, 1, 0);
    assertEquals(WaitingOn.MAX_URLS, waiting.urls().size());
    assertTrue(waiting.says("truth", endless, many));
    assertFalse(waiting.says("truth", "y" + endless, many));
    assertFalse(waiting.says("truth", endless, List.of(S1)));
  }
}
