// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Real routers keep the contract of both releases. */
@Tag("interop")
class RealRouterIT {
  @Nested
  class Newest extends RouterContract {
    Newest() {
      super(new QuiverFixture.Real(QuiverVersion.V1_1_0));
    }
  }

  @Nested
  class Oldest extends RouterContract {
    Oldest() {
      super(new QuiverFixture.Real(QuiverVersion.V0_27_0));
    }
  }
}
