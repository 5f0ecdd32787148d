package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  /** It throws if a row does not come through as it was; four pages bring each row once. */
  @Test
  void everyKindOfPointComesThrough() throws Exception {
    assertTrue(Rehearsal.run(Duration.ofSeconds(2)) >= MadeUpPage.ROWS);
  }

  @Test
  void endsWithTheWaitThatItIsBeside() throws Exception {
    assertEquals(0, Rehearsal.run(Duration.ZERO));
  }
}
