import CCurl
import Glibc
import ReportModel
import Synchronization

/// The thread that runs curl's transfers. Other threads exchange requests with it through a mutex.
final class TransferThread: @unchecked Sendable {
  typealias Answer = CheckedContinuation<HTTPResponse, any Error>

  private struct Job {
    var id: UInt64
    var transfer: Transfer
    var answer: Answer
  }

  private struct Box {
    var lastID: UInt64 = 0
    var arrived: [Job] = []
    /// May contain requests that have not arrived yet.
    var cancelled: Set<UInt64> = []
    var isStopping = false
  }

  private let box = Mutex(Box())
  /// Only `curl_multi_wakeup` may be called from other threads.
  private let multi: UnsafeMutableRawPointer
  /// Used by the thread only.
  private var jobs: [Job] = []

  private static let isReady: Bool = rg_curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init() throws(HTTPError) {
    if let reason = rg_curl_missing() {
      throw HTTPError(.request, "could not load libcurl: \(String(cString: reason))")
    }
    guard Self.isReady, let multi = rg_curl_multi_init() else {
      throw HTTPError(.request, "could not start libcurl")
    }
    self.multi = multi
    try start()
  }

  deinit { rg_curl_multi_cleanup(multi) }

  private func start() throws(HTTPError) {
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<TransferThread>.fromOpaque(context).takeRetainedValue().work() }
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw HTTPError(.request, SystemError(doing: "start a thread", code: code).reason)
    }
    pthread_detach(thread)
  }

  // MARK: From other threads

  func nextID() -> UInt64 {
    box.withLock { box in
      box.lastID += 1
      return box.lastID
    }
  }

  func start(_ transfer: Transfer, _ id: UInt64, _ answer: Answer) {
    box.withLock { $0.arrived.append(Job(id: id, transfer: transfer, answer: answer)) }
    rg_curl_multi_wakeup(multi)
  }

  func cancel(_ id: UInt64) {
    box.withLock { _ = $0.cancelled.insert(id) }
    rg_curl_multi_wakeup(multi)
  }

  /// Removes the id of a request that was cancelled after its end.
  func forget(_ id: UInt64) { box.withLock { _ = $0.cancelled.remove(id) } }

  /// Ends the thread. Requests in progress end with `CancellationError`.
  func stop() {
    box.withLock { $0.isStopping = true }
    rg_curl_multi_wakeup(multi)
  }

  // MARK: On the thread

  private func work() {
    while receiveJobs() {
      var running: Int32 = 0
      rg_curl_multi_perform(multi, &running)
      answerFinished()
      // Returns at every wakeup; the time limit guards against a lost one.
      rg_curl_multi_poll(multi, 10_000)
    }
    for job in jobs { end(job, .failure(CancellationError())) }
  }

  private func receiveJobs() -> Bool {
    let (arrived, cancelled, isStopping) = box.withLock { box in
      defer { box.arrived = [] }
      return (box.arrived, box.cancelled, box.isStopping)
    }
    for job in arrived {
      jobs.append(job)
      if !cancelled.contains(job.id) { rg_curl_multi_add_handle(multi, job.transfer.handle) }
    }
    for job in jobs where cancelled.contains(job.id) { end(job, .failure(CancellationError())) }
    return !isStopping
  }

  private func answerFinished() {
    var left: Int32 = 0
    while let message = rg_curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE,
        let job = jobs.first(where: { $0.transfer.handle == message.pointee.easy_handle })
      else { continue }
      end(job, job.transfer.result(rg_curl_result(message)))
    }
  }

  private func end(_ job: Job, _ result: Result<HTTPResponse, any Error>) {
    rg_curl_multi_remove_handle(multi, job.transfer.handle)
    jobs.removeAll { $0.id == job.id }
    job.answer.resume(with: result)
  }
}
