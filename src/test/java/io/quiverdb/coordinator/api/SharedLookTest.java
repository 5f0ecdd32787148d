// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which callers share one observation, by a clock that the test moves. */
class SharedLookTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<CompletableFuture<String>> looks = new ArrayList<>();
  private final SharedLook<String, String> shared =
      new SharedLook<>(nanos::get, Duration.ofNanos(500), place -> begun());

  private CompletableFuture<String> begun() {
    looks.add(new CompletableFuture<>());
    return looks.get(looks.size() - 1);
  }

  @Test
  void oneThatIsUnderWayIsForAllWhoComeMeanwhile() {
    List<CompletableFuture<String>> readers =
        IntStream.range(0, 64).parallel().mapToObj(i -> shared.at("a")).toList();
    nanos.set(2_000);
    CompletableFuture<String> late = shared.at("a");
    assertEquals(1, looks.size());
    assertFalse(late.isDone());
    looks.get(0).complete("seen");
    readers.forEach(reader -> assertEquals("seen", reader.join()));
    assertEquals("seen", late.join());
    assertFalse(shared.at("a").isDone(), "that one is too old by now");
  }

  @Test
  void oneThatIsNewIsForAllWhoComeAfterIt() {
    assertTrue(shared.at("a").completeExceptionally(new IllegalStateException("one gives up")));
    looks.get(0).complete("seen");
    nanos.set(499);
    assertEquals("seen", shared.at("a").join());
    nanos.set(500);
    assertFalse(shared.at("a").isDone());
    assertEquals(2, looks.size());
  }

  @Test
  void ofSomethingElseItIsANewOne() {
    CompletableFuture<String> before = shared.at("a");
    CompletableFuture<String> after = shared.at("b");
    looks.get(1).complete("new");
    assertEquals("new", after.join());
    assertFalse(before.isDone());
    assertEquals(2, looks.size());
  }
}
