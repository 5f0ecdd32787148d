// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Scans JSON in UTF-8 and checks its grammar, without building or converting anything. A scanned
 * value can be copied into another document unchanged. Not thread-safe.
 */
final class JsonScanner {
  /** More than the nesting that a shard accepts, which is 128 levels. */
  private static final int MAX_DEPTH = 512;

  private final byte[] in;
  private final int end;
  private int at;
  private int start;

  JsonScanner(byte[] in) {
    this(in, 0, in.length);
  }

  /** Scans the bytes from {@code from} (inclusive) to {@code end} (exclusive). */
  JsonScanner(byte[] in, int from, int end) {
    this.in = in;
    this.at = from;
    this.end = end;
  }

  /** The position of the next byte. */
  int position() {
    return at;
  }

  /** Skips white space and returns the next byte without consuming it; 0 at the end. */
  byte peek() {
    int p = at;
    while (p < end && isSpace(in[p])) {
      p++;
    }
    at = p;
    return byteAt(p);
  }

  /** Consumes this byte if it is next. */
  boolean take(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  /** Consumes this byte, which must be next. */
  void expect(char wanted) throws MalformedAnswerException {
    if (!take(wanted)) {
      throw malformed("no '" + wanted + "'");
    }
  }

  /** Checks that nothing is left. */
  void expectEnd() throws MalformedAnswerException {
    peek();
    if (at < end) {
      throw malformed("more than one JSON value");
    }
  }

  /** Consumes a string and returns its text. */
  String string() throws MalformedAnswerException {
    return string(List.of());
  }

  /** Reads a string. Allocates nothing for one of the expected texts, which are ASCII. */
  String string(List<String> expected) throws MalformedAnswerException {
    boolean plain = skipString();
    int from = start + 1;
    for (String text : expected) {
      if (isAscii(text, from, at - 1)) {
        return text;
      }
    }
    return plain ? utf8(from, at - 1) : unescaped(from, at - 1);
  }

  private boolean isAscii(String text, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (in[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Consumes a value of any kind. */
  void skipValue() throws MalformedAnswerException {
    skipValue(0);
  }

  /** Consumes an array that has only numbers. */
  void skipNumbers() throws MalformedAnswerException {
    expect('[');
    if (take(']')) {
      return;
    }
    do {
      peek();
      skipNumber();
    } while (take(','));
    expect(']');
  }

  MalformedAnswerException malformed(String what) {
    return new MalformedAnswerException(what + " at byte " + at + " of " + end);
  }

  private void skipValue(int depth) throws MalformedAnswerException {
    switch (peek()) {
      case '"' -> skipString();
      case '{' -> skipObject(depth);
      case '[' -> skipArray(depth);
      case 't' -> skipWord("true");
      case 'f' -> skipWord("false");
      case 'n' -> skipWord("null");
      default -> skipNumber();
    }
  }

  private void skipObject(int depth) throws MalformedAnswerException {
    descend(depth);
    if (take('}')) {
      return;
    }
    do {
      skipString();
      expect(':');
      skipValue(depth + 1);
    } while (take(','));
    expect('}');
  }

  private void skipArray(int depth) throws MalformedAnswerException {
    descend(depth);
    if (take(']')) {
      return;
    }
    do {
      skipValue(depth + 1);
    } while (take(','));
    expect(']');
  }

  private void descend(int depth) throws MalformedAnswerException {
    if (depth >= MAX_DEPTH) {
      throw malformed("values nested deeper than " + MAX_DEPTH);
    }
    at++;
  }

  private void skipWord(String word) throws MalformedAnswerException {
    for (int i = 0; i < word.length(); i++) {
      if (byteAt(at + i) != word.charAt(i)) {
        throw malformed("no JSON value");
      }
    }
    at += word.length();
  }

  private void skipNumber() throws MalformedAnswerException {
    int p = byteAt(at) == '-' ? at + 1 : at;
    p = byteAt(p) == '0' ? p + 1 : skipDigits(p);
    if (byteAt(p) == '.') {
      p = skipDigits(p + 1);
    }
    if (byteAt(p) == 'e' || byteAt(p) == 'E') {
      byte sign = byteAt(p + 1);
      p = skipDigits(sign == '-' || sign == '+' ? p + 2 : p + 1);
    }
    at = p;
  }

  private int skipDigits(int from) throws MalformedAnswerException {
    int p = from;
    while (p < end && in[p] >= '0' && in[p] <= '9') {
      p++;
    }
    if (p == from) {
      throw malformed("no JSON value");
    }
    return p;
  }

  /** Whether the string has no escape; it begins at {@link #start}. */
  private boolean skipString() throws MalformedAnswerException {
    if (peek() != '"') {
      throw malformed("no string");
    }
    start = at;
    boolean plain = true;
    int p = at + 1;
    while (p < end) {
      byte b = in[p];
      if (b == '"') {
        at = p + 1;
        return plain;
      }
      if (b == '\\') {
        plain = false;
        p = skipEscape(p);
      } else if (b < 0) {
        p = skipSequence(p);
      } else if (b < ' ') {
        throw malformed("a control character in the string");
      } else {
        p++;
      }
    }
    throw malformed("no end of the string");
  }

  private int skipEscape(int p) throws MalformedAnswerException {
    switch (byteAt(p + 1)) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return p + 2;
      }
      case 'u' -> {
        int unit = unit(p + 2);
        if (!Character.isSurrogate((char) unit)) {
          return p + 6;
        }
        boolean paired =
            Character.isHighSurrogate((char) unit)
                && byteAt(p + 6) == '\\'
                && byteAt(p + 7) == 'u'
                && Character.isLowSurrogate((char) unit(p + 8));
        if (!paired) {
          throw malformed("half of a surrogate pair in the string");
        }
        return p + 12;
      }
      default -> throw malformed("an unknown escape in the string");
    }
  }

  /** The UTF-16 unit of four hex digits. */
  private int unit(int p) throws MalformedAnswerException {
    int unit = 0;
    for (int i = p; i < p + 4; i++) {
      int digit = Character.digit(byteAt(i), 16);
      if (digit < 0) {
        throw malformed("an unknown escape in the string");
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /** Consumes one multi-byte character that is well-formed by table 3-7 of Unicode. */
  private int skipSequence(int p) throws MalformedAnswerException {
    int lead = in[p] & 0xff;
    int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    int second = byteAt(p + 1) & 0xff;
    boolean whole = length > 0 && second >= low && second <= high;
    for (int i = p + 2; i < p + length; i++) {
      whole &= (byteAt(i) & 0xc0) == 0x80;
    }
    if (!whole) {
      throw malformed("no UTF-8 in the string");
    }
    return p + length;
  }

  private String unescaped(int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int plain = from;
    int p = from;
    while (p < to) {
      if (in[p] != '\\') {
        p++;
        continue;
      }
      text.append(utf8(plain, p));
      char kind = (char) in[p + 1];
      if (kind == 'u') {
        text.append((char) Integer.parseInt(utf8(p + 2, p + 6), 16));
        p += 6;
      } else {
        text.append(escape(kind));
        p += 2;
      }
      plain = p;
    }
    return text.append(utf8(plain, to)).toString();
  }

  private static char escape(char kind) {
    return switch (kind) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> kind;
    };
  }

  private String utf8(int from, int to) {
    return new String(in, from, to - from, StandardCharsets.UTF_8);
  }

  private byte byteAt(int p) {
    return p < end ? in[p] : 0;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
