package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RehearsalTest {
  /** It throws if a row does not come through as it was. */
  @Test
  void everyKindOfPointComesThrough() {
    assertTrue(Rehearsal.run() > 20_000_000);
  }
}
