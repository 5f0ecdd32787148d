// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/**
 * Reads a document from a file: with or without gzip, in UTF-8 or in an encoding that Windows uses.
 */
final class DocumentText {
  private static final char MARK = '\uFEFF';
  private static final int MAX_BODY = 1 << 20;

  private DocumentText() {}

  /** The document exceeds its size limit. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Reads one that an operator named.
   *
   * @param name of the file; {@code -} is standard input
   * @param longest the size limit in bytes, unpacked
   * @param tooLong the failure if it exceeds that
   */
  static String named(
      String name, CliEnvironment around, int longest, Supplier<CommandFailure> tooLong)
      throws CommandFailure {
    try (InputStream in = name.equals("-") ? around.in() : Files.newInputStream(Path.of(name))) {
      return read(in, longest);
    } catch (TooLongException e) {
      throw tooLong.get();
    } catch (NoSuchFileException e) {
      throw new CommandFailure("Cannot read " + name + ": there is no such file", "");
    } catch (IOException e) {
      throw new CommandFailure("Cannot read " + name + ": " + e, "");
    }
  }

  /** Reads the body of a request, as long as a member takes one. */
  static String body(String name, CliEnvironment around) throws CommandFailure {
    return named(
        name,
        around,
        MAX_BODY,
        () -> new CommandFailure("Cannot read " + name + ": it is larger than 1 MiB", ""));
  }

  private static String read(InputStream in, int longest) throws IOException {
    byte[] bytes = bounded(in, longest);
    if (begins(bytes, 0x1F, 0x8B)) {
      bytes = bounded(new GZIPInputStream(new ByteArrayInputStream(bytes)), longest);
    }
    String text = new String(bytes, charset(bytes));
    return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
  }

  private static byte[] bounded(InputStream in, int longest) throws IOException {
    byte[] bytes = in.readNBytes(longest + 1);
    if (bytes.length > longest) {
      throw new TooLongException();
    }
    return bytes;
  }

  private static Charset charset(byte[] bytes) {
    if (begins(bytes, 0xFE, 0xFF)) {
      return StandardCharsets.UTF_16BE;
    }
    return begins(bytes, 0xFF, 0xFE) ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
  }

  private static boolean begins(byte[] bytes, int first, int second) {
    return bytes.length >= 2
        && Byte.toUnsignedInt(bytes[0]) == first
        && Byte.toUnsignedInt(bytes[1]) == second;
  }
}
