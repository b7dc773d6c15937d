<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

/**
 * A child process without a shell, ended by its own id.
 */
final class Process
{
    private $process;
    /** @var string */
    private $log;
    /** @var int|null */
    private $code;

    /** @param string[] $command */
    public function __construct(array $command, array $environment = [])
    {
        $this->log = $log = tempnam(sys_get_temp_dir(), 'creditbridge-process-');
        register_shutdown_function(static function () use ($log): void {
            @unlink($log);
        });
        $pipes = [];
        $this->process = proc_open(
            $command,
            [['file', '/dev/null', 'r'], ['file', $this->log, 'a'], ['file', $this->log, 'a']],
            $pipes,
            null,
            $environment + getenv()
        );
    }

    public function isRunning(): bool
    {
        if ($this->code === null) {
            $status = proc_get_status($this->process);
            $this->code = $status['running'] ? null : ($status['signaled'] ? 128 + $status['termsig'] : $status['exitcode']);
        }
        return $this->code === null;
    }

    /** Waits for its end. Returns its exit code, or 128 + signal. */
    public function wait(float $seconds = 60): int
    {
        $deadline = microtime(true) + $seconds;
        while ($this->isRunning() && microtime(true) < $deadline) {
            usleep(5000);
        }
        if ($this->isRunning()) {
            $this->signal(SIGKILL);
            return -1;
        }
        return (int) $this->code;
    }

    public function signal(int $signal): void
    {
        if ($this->isRunning()) {
            proc_terminate($this->process, $signal);
        }
    }

    public function stop(): void
    {
        $this->signal(SIGTERM);
        $this->wait(10);
        @unlink($this->log);
    }

    public function output(): string
    {
        return (string) @file_get_contents($this->log);
    }
}
