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
 * Files whose content is taken anew when it changes. What cannot be used is refused, and what was
 * taken last stays. Thread-safe.
 */
final class WatchedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  /** Takes what the files hold now. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes it.
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
   * Files that were taken just now.
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

  /** Takes the files, if they are others than those that were taken or refused last. */
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
      LOG.info("{}: the files were changed, and are taken from now on", what);
    } catch (IOException e) {
      refused = now;
      failure = Optional.of(what + ": " + e.getMessage() + "; what was there before stays in use");
      LOG.error("{}", failure.get());
    }
  }

  /** Why the files are not taken as they are now; empty if they are. */
  synchronized Optional<String> failure() {
    return failure;
  }

  /** Of the whole content: a change may leave size and time of a file as they were. */
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
