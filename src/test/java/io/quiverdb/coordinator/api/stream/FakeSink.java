// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection whose client reads everything, unless the test stops it. */
final class FakeSink implements Sink {
  private static final Pattern ID = Pattern.compile("(?m)^id: (.*)$");

  private final StringBuilder sent = new StringBuilder();
  private Optional<Consumer<Boolean>> underWay = Optional.empty();
  private boolean takes = true;
  private boolean last;
  private boolean cut;
  private boolean authorized = true;

  @Override
  public void write(byte[] bytes, boolean isLast, Consumer<Boolean> done) {
    if (underWay.isPresent() || last) {
      throw new AssertionError("a write while another one is under way, or after the last one");
    }
    sent.append(new String(bytes, StandardCharsets.UTF_8));
    last = isLast;
    if (takes) {
      done.accept(true);
    } else {
      underWay = Optional.of(done);
    }
  }

  @Override
  public void cut() {
    cut = true;
    answer(false);
  }

  @Override
  public boolean authorized() {
    return authorized;
  }

  /** From now on the client's key is not known. */
  void withdrawKey() {
    authorized = false;
  }

  /** From now on the client reads nothing. */
  FakeSink stall() {
    takes = false;
    return this;
  }

  /** The client continues, or has disconnected. */
  void answer(boolean taken) {
    takes = taken;
    Optional<Consumer<Boolean>> waiting = underWay;
    underWay = Optional.empty();
    waiting.ifPresent(done -> done.accept(taken));
  }

  String text() {
    return sent.toString();
  }

  /** What was sent, event by event, without comments. */
  List<String> frames() {
    return List.of(sent.toString().split("\n\n")).stream()
        .filter(frame -> frame.startsWith("id: "))
        .toList();
  }

  /** The ids of the events of these kinds. */
  List<String> ids(String... kinds) {
    List<String> ids = new ArrayList<>();
    for (String frame : frames()) {
      if (List.of(kinds).contains(kind(frame))) {
        ids.add(id(frame));
      }
    }
    return ids;
  }

  static String id(String frame) {
    Matcher id = ID.matcher(frame);
    if (!id.find()) {
      throw new AssertionError("no id in " + frame);
    }
    return id.group(1);
  }

  static String kind(String frame) {
    return frame.replaceFirst("(?s).*\nevent: ([a-z_]+)\n.*", "$1");
  }

  boolean ended() {
    return last;
  }

  boolean wasCut() {
    return cut;
  }
}
