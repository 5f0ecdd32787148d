// SPDX-License-Identifier: Apache-2.0
package org.apache.ratis.util;

import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is replaced atomically when this is closed, or stays unchanged. Takes the place of
 * the class of this name in Ratis 3.3.0, which puts the new file in its place although a write to
 * it has failed: with that, a vote on a full disk left an empty file where term and vote had been,
 * and the member could not start again. That class does not force the new file's name to disk
 * either.
 *
 * <p>What Ratis relies on: the temporary file is in the same folder and has the same name, with
 * {@link #TMP_EXTENSION}. Not thread-safe.
 */
public final class AtomicFileOutputStream extends FilterOutputStream {
  /** The end of a temporary file's name. */
  public static final String TMP_EXTENSION = ".tmp";

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFileOutputStream.class);

  private final File place;
  private final File temporary;
  private boolean failed;
  private boolean closed;

  /**
   * Opens the temporary file of a place.
   *
   * @throws IOException if it cannot be opened
   */
  public AtomicFileOutputStream(File place) throws IOException {
    this(place, getTemporaryFile(place));
  }

  /**
   * Opens a temporary file.
   *
   * @throws IOException if it cannot be opened
   */
  public AtomicFileOutputStream(File place, File temporary) throws IOException {
    super(
        FileUtils.newOutputStreamForceAtClose(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
    this.place = place.getAbsoluteFile();
    this.temporary = temporary.getAbsoluteFile();
  }

  /** The temporary file of a file. */
  public static File getTemporaryFile(File place) {
    return new File(place.getParentFile(), place.getName() + TMP_EXTENSION);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    boolean written = false;
    try {
      out.write(bytes, from, count);
      written = true;
    } finally {
      failed |= !written;
    }
  }

  /** Whether it was closed, or given up. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Moves the new file to its place; content and name are on disk when this returns.
   *
   * @throws IOException if it is not the whole content that was written, or is not on the disk: the
   *     old file is there then
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      super.close();
      if (failed) {
        throw new IOException(place + " is unchanged: its new content was not written");
      }
      DurableFiles.publish(temporary.toPath(), place.toPath());
    } catch (IOException e) {
      discard(e);
      throw e;
    }
  }

  /** Gives it up: the old file is unchanged. */
  public void abort() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      super.close();
      FileUtils.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.warn("{} is left behind", temporary, e);
    }
  }

  private void discard(IOException why) {
    try {
      FileUtils.deleteIfExists(temporary);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }
}
