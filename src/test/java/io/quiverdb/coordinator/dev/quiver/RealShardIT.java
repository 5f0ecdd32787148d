// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Real shards keep the contract of both releases. */
@Tag("interop")
class RealShardIT {
  private static QuiverFixture of(QuiverVersion version) {
    return new QuiverFixture.Real(version);
  }

  @Nested
  class Newest extends ShardContract {
    Newest() {
      super(of(QuiverVersion.V1_1_0));
    }
  }

  @Nested
  class NewestKeys extends ShardKeysContract {
    NewestKeys() {
      super(of(QuiverVersion.V1_1_0));
    }
  }

  @Nested
  class NewestIndex extends ShardIndexContract {
    NewestIndex() {
      super(of(QuiverVersion.V1_1_0));
    }
  }

  @Nested
  class Oldest extends ShardContract {
    Oldest() {
      super(of(QuiverVersion.V0_27_0));
    }
  }

  @Nested
  class OldestKeys extends ShardKeysContract {
    OldestKeys() {
      super(of(QuiverVersion.V0_27_0));
    }
  }

  @Nested
  class OldestIndex extends ShardIndexContract {
    OldestIndex() {
      super(of(QuiverVersion.V0_27_0));
    }
  }
}
