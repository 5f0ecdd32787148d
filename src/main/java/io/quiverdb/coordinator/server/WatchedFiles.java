// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.digest.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are reloaded when their content changes. If the new content cannot be used, the last
 * good content stays in use. Thread-safe.
 */
final class WatchedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  /** Loads the current content of the files. */
  @FunctionalInterface
  interface Taker {
    /**
     * Loads it.
     *
     * @throws IOException if it cannot be used; the message tells the operator why
     */
    void take() throws IOException;
  }

  private final String what;
  private final List<Path> files;
  private final Taker taker;
  private byte[] taken;
  private byte[] refused = {};
  private Optional<String> failure = Optional.empty();

  /**
   * Watches files that were just loaded.
   *
   * @param what they hold, for the operator
   */
  WatchedFiles(String what, List<Path> files, Taker taker) {
    this.what = what;
    this.files = List.copyOf(files);
    this.taker = taker;
    this.taken = digest();
  }

  String what() {
    return what;
  }

  /** Loads the files, if their content differs from the content that was loaded or refused last. */
  synchronized void look() {
    byte[] now = digest();
    if (MessageDigest.isEqual(now, taken)) {
      failure = Optional.empty();
      return;
    }
    if (MessageDigest.isEqual(now, refused)) {
      return;
    }
    try {
      taker.take();
      taken = now;
      refused = new byte[0];
      failure = Optional.empty();
      LOG.info("{}: the files were changed and reloaded", what);
    } catch (IOException e) {
      refused = now;
      failure =
          Optional.of(what + ": " + e.getMessage() + "; the previous content stays in" + " use");
      LOG.error("{}", failure.get());
    }
  }

  /** Why the current content is not used; empty if it is. */
  synchronized Optional<String> failure() {
    return failure;
  }

  /** A digest of the whole content: a change may leave size and time of a file the same. */
  private byte[] digest() {
    byte[][] contents = new byte[files.size()][];
    for (int i = 0; i < contents.length; i++) {
      try {
        contents[i] = Sha256.of(Files.readAllBytes(files.get(i)));
      } catch (IOException e) {
        contents[i] = Sha256.of(e.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return Sha256.of(contents);
  }
}
