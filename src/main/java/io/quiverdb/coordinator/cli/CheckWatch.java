// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;

/** Waits for the end of a check of the data, across changes of leader. */
final class CheckWatch {
  private final Session session;

  CheckWatch(Session session) {
    this.session = session;
  }

  /** Returns the check when it has ended, and says how far it has come meanwhile. */
  RestAnswer follow(String id) throws RestException, CommandFailure, InterruptedException {
    PatientReads reads = new PatientReads(session, () -> {});
    String said = "";
    while (true) {
      RestAnswer answer = reads.ask(RestRequest.get("/cluster/checks/" + id));
      if (!isRunning(answer.json())) {
        return answer;
      }
      String line = CheckView.line(answer.json());
      if (!line.equals(said)) {
        session.around().err().println(line);
        said = line;
      }
      PatientReads.pause();
    }
  }

  static boolean isRunning(JsonNode check) {
    return Session.cell(check, "state").equals("running");
  }
}
