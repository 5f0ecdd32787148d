// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  private final List<String> ended = new ArrayList<>();
  private final Closer leftovers = new Closer();

  @Test
  void theLastThingEndsFirstAndEachOnce() throws Exception {
    leftovers.begin(() -> "folder", ended::add);
    leftovers.begin(() -> "process", ended::add);
    leftovers.close();
    leftovers.close();
    assertEquals(List.of("process", "folder"), ended);
  }

  @Test
  void nothingBeginsOnceAllIsEnding() {
    List<String> begun = new ArrayList<>();
    leftovers.close();
    assertThrows(
        InterruptedException.class,
        () -> leftovers.begin(() -> begun.add("process"), yes -> ended.add("process")));
    assertEquals(List.of(), begun);
  }

  @Test
  void whatCouldNotBeginIsNotEnded() {
    assertThrows(
        IOException.class,
        () ->
            leftovers.begin(
                () -> {
                  throw new IOException("the port is taken");
                },
                nothing -> ended.add("server")));
    leftovers.close();
    assertEquals(List.of(), ended);
  }
}
