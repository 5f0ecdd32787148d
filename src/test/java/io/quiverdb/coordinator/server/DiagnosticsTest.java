// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.OpenApi;
import io.quiverdb.coordinator.config.ConfigLoader;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The diagnostics of a member's process. */
class DiagnosticsTest {
  @TempDir Path folder;

  @Test
  void isAsTheContractSaysAndHoldsNoSecret() throws Exception {
    CoordinatorConfig config =
        ConfigLoader.load(
                Optional.empty(),
                Map.of(
                    "QUIVER_API_KEYS", "ops:hush-0123456789:admin",
                    "QUIVER_CLUSTER_SHARDS", "[http://127.0.0.1:6333]",
                    "QUIVER_CLUSTER_SHARD_KEY", "hush-shard"))
            .config();
    DiskSpace disk = new DiskSpace(folder);
    disk.look();
    assertTrue(disk.free().orElseThrow() > 0);
    JsonNode told = new Diagnostics(config, disk, Clock.systemUTC()).now();
    OpenApi.check("GET", "/cluster/diagnostics", "", 200, "application/json", told.toString());
    assertFalse(told.toString().contains("hush"), told.toString());
    assertTrue(told.path("threads").toString().contains("DiagnosticsTest"));
    assertTrue(told.path("disk_free").asLong() > 0);
  }

  @Test
  void aFolderThatIsNotThereHasNoSpaceThatIsKnown() {
    DiskSpace disk = new DiskSpace(folder.resolve("none").resolve("none"));
    disk.look();
    assertTrue(disk.free().isEmpty());
  }
}
