<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;

/**
 * The server at the service's URL in these tests: a real HTTP server in its own process that records each request and
 * answers as the test says, with right or wrong signatures. (Vitest tests the shim with the real service.)
 */
final class Peer
{
    /** @var string */
    public $url;
    /** @var string */
    private $folder;
    /** @var Process */
    private $process;

    public function __construct()
    {
        $this->folder = Folder::temporary('creditbridge-peer-');
        $port = FreePort::find();
        $this->url = 'http://127.0.0.1:' . $port;
        $this->process = new Process(
            ['php', '-S', '127.0.0.1:' . $port, __DIR__ . '/peer-script.php'],
            ['PEER_FOLDER' => $this->folder, 'PEER_CONFIGURATION' => ROOTDIR . '/configuration.php']
        );
        for ($look = 0; $look < 200 && @fsockopen('127.0.0.1', $port) === false; $look++) {
            usleep(10000);
        }
        $this->believe(Secrets::of(Secrets::TO_WHMCS));
    }

    /** The secrets that sign its replies. */
    public function believe(array $secrets): void
    {
        file_put_contents($this->folder . '/secrets.json', json_encode($secrets));
    }

    /**
     * Sets its answers from now on, by path.
     *
     * @param array $answer members: status (200), body, sleepMs, sign (true), headers, raw
     */
    public function answer(string $path, array $answer): void
    {
        file_put_contents($this->folder . '/' . md5($path) . '.answer', json_encode($answer));
    }

    /** Accepts every item; `$more` is merged into each result. */
    public function acceptAll(array $more = [], array $reply = []): void
    {
        $this->answer('/v1/deliveries', ['accept' => (object) $more, 'body' => (object) $reply]);
    }

    /** Requests so far: path, headers (lower case), body. */
    public function requests(): array
    {
        $lines = is_file($this->folder . '/requests') ? file($this->folder . '/requests') : [];

        return array_map(static function (string $line): array {
            return json_decode($line, true);
        }, $lines);
    }

    public function stop(): void
    {
        $this->process->stop();
    }
}
