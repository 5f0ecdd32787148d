package io.quiverdb.coordinator.api;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that ask {@link TwoMembers}, new ones for each. */
abstract class OnTwoMembers {
  @TempDir Path folder;

  TwoMembers members;

  @BeforeEach
  void start() {
    members = new TwoMembers(folder);
  }

  @AfterEach
  void close() {
    members.close();
  }
}
