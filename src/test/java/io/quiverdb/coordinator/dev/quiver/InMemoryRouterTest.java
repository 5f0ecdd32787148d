// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import org.junit.jupiter.api.Nested;

/** The in-memory routers keep the contract of both releases. */
class InMemoryRouterTest {
  @Nested
  class Newest extends RouterContract {
    Newest() {
      super(new QuiverFixture.InMemory(QuiverVersion.V1_1_0));
    }
  }

  @Nested
  class Oldest extends RouterContract {
    Oldest() {
      super(new QuiverFixture.InMemory(QuiverVersion.V0_27_0));
    }
  }
}
