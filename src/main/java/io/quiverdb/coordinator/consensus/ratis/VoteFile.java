// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The file in which Ratis keeps term and vote. */
final class VoteFile {
  private VoteFile() {}

  /**
   * Checks its content.
   *
   * @throws LogFiles.Damage if it is not as it must be
   */
  static void check(Path file) throws IOException {
    Properties content = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      content.load(in);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e.toString());
    }
    if (content.getProperty("votedFor") == null) {
      throw damaged(file, "it names no vote");
    }
    if (!content.getProperty("term", "").matches("\\d{1,19}")) {
      throw damaged(file, "it names no term");
    }
  }

  private static LogFiles.Damage damaged(Path file, String how) {
    return new LogFiles.Damage(file + " is damaged: " + how);
  }
}
