<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Folder;
use CreditBridge\Tests\Support\FreePort;
use CreditBridge\Tests\Support\Process;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Signer;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Uuid;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;
use WHMCS\Module\Addon\Creditbridge\Work\Doorbell;
use WHMCS\Module\Addon\Creditbridge\Work\Round;

final class WorkTest extends ShimTestCase
{
    const FOLDER = ROOTDIR . '/modules/addons/creditbridge/';

    public function testCronHasTheDayPlannedAndCarriesItOut(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], Settings::load()));
        $peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 2, 'hooks' => []]]]);
        $peer->answer('/v1/run', ['body' => ['run' => Uuid::v7(), 'state' => 'planned', 'waiting' => 0]]);

        CronWork::run('PreCronJob');

        self::assertSame(['done', []], [self::state($id), self::spooled()]);
        self::assertSame(2, Settings::load()->number('manifest_number'));
        self::assertNotNull(Settings::load()->json('whmcs')['lastCronAt']);
        $runs = array_values(array_filter($peer->requests(), static function (array $request): bool {
            return $request['path'] === '/v1/run';
        }));
        $body = json_decode($runs[0]['body'], true);
        self::assertSame(['PreCronJob', date('Y-m-d'), 'Europe/Berlin'], [$body['moment'], $body['date'], $body['zone']]);
    }

    public function testADayThatHasBegunGoesOnWhenAPageFoundTheServiceTooSlowMeanwhile(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/run', ['body' => ['run' => Uuid::v7(), 'state' => 'planning', 'waiting' => 0]]);
        $client = $this->client('0.00');
        $isOpened = false;
        add_hook('LogActivity', 1, static function () use (&$isOpened): void {
            if ($isOpened) {
                return;
            }
            $isOpened = true;
            // Another process opens the breaker, because its question took longer than a page allows.
            Database::change('UPDATE mod_creditbridge_settings SET breaker_failures = 1,'
                . ' breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL 5 SECOND');
        });
        $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);

        (new Round(Settings::load()))->daily('PreCronJob', self::soon(2.5));

        $asked = array_count_values(array_column($peer->requests(), 'path'))['/v1/run'];
        self::assertGreaterThan(1, $asked, 'the service is asked again');
        self::assertSame(0, Settings::load()->number('breaker_failures'));
    }

    public function testCronEndsSoonWhenTheServiceIsDown(): void
    {
        $this->field('service_url', 'http://127.0.0.1:' . FreePort::find());
        $this->paired(null);
        $before = microtime(true);

        CronWork::run('PreCronJob');

        self::assertLessThan(3.0, microtime(true) - $before);
    }

    public function testCronMailsTheAdminsOncePerOutage(): void
    {
        $this->field('service_url', 'http://127.0.0.1:' . FreePort::find());
        $this->paired(null);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], Settings::load()));
        $mails = static function (): int {
            return (int) Database::value("SELECT COUNT(*) FROM tblemails WHERE subject LIKE '%hooks wait for the service'");
        };
        $admins = (int) Database::value('SELECT COUNT(*) FROM tbladmins WHERE disabled = 0');

        CronWork::run('AfterCronJob');
        self::assertSame(0, $mails());
        Database::change('UPDATE mod_creditbridge_spool SET created_at = UTC_TIMESTAMP(6) - INTERVAL 16 MINUTE');
        CronWork::run('AfterCronJob');
        CronWork::run('AfterCronJob');

        self::assertSame($admins, $mails());
    }

    public function testTheWorkerSendsAndRunsThenEnds(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], Settings::load()));

        $worker = new Process(['php', self::FOLDER . 'worker.php', '--once']);

        self::assertSame(0, $worker->wait(), $worker->output());
        self::assertSame('', $worker->output());
        self::assertSame(['done', []], [self::state($id), self::spooled()]);
    }

    public function testTheWorkerEndsAfterItsTime(): void
    {
        $before = microtime(true);
        $worker = new Process(['php', self::FOLDER . 'worker.php', '--for=1']);

        self::assertSame(0, $worker->wait(), $worker->output());
        self::assertEqualsWithDelta(1.0, microtime(true) - $before, 1.0);
    }

    /** Functions of these names in our namespaces are called instead of PHP's own. */
    public function testTheWorkerEndsAfterItsTimeAlsoWhenTheClockOfTheMachineIsSetBack(): void
    {
        $code = '';
        foreach (['', '\\Work', '\\Command', '\\Installation', '\\SelfTest', '\\Spool'] as $room) {
            $code .= 'namespace WHMCS\Module\Addon\Creditbridge' . $room . ' { function microtime(bool $isFloat): float {'
                . ' static $calls = 0; return \microtime(true) - ($calls++ < 1 ? 0 : 3600); } }';
        }
        $code .= 'namespace { require ' . var_export(ROOTDIR . '/init.php', true) . ';'
            . 'require_once ' . var_export(self::FOLDER . 'lib/autoload.php', true) . ';'
            . 'exit(WHMCS\Module\Addon\Creditbridge\Work\Worker::main(["--for=1"])); }';

        $worker = new Process(['php', '-r', $code]);

        self::assertSame(0, $worker->wait(), $worker->output());
    }

    public function testTheWorkerExplainsItselfAndKnowsNoOtherArguments(): void
    {
        $help = new Process(['php', self::FOLDER . 'worker.php', '--help']);
        self::assertSame(0, $help->wait());
        self::assertStringContainsString('--for=SECONDS', $help->output());

        $wrong = new Process(['php', self::FOLDER . 'worker.php', '--forever']);
        self::assertSame(2, $wrong->wait());
    }

    public function testTheWorkerSaysWhatIsMissing(): void
    {
        $outside = new Process(['php', __DIR__ . '/../modules/addons/creditbridge/worker.php']);
        self::assertSame(1, $outside->wait());
        self::assertStringContainsString('cannot load WHMCS: there is no', $outside->output());

        Database::change('DROP TABLE mod_creditbridge_settings');
        $notActivated = new Process(['php', self::FOLDER . 'worker.php']);
        self::assertSame(1, $notActivated->wait());
        self::assertStringContainsString('worker.php cannot work', $notActivated->output());
    }

    public function rings(): array
    {
        return [
            'as the service rings' => [[], 204],
            'for another address' => [['to' => 'POST /v1/deliveries'], 401],
            'for another installation' => [['installation' => '01a20368-0000-7000-8000-000000000000'], 401],
        ];
    }

    /** @dataProvider rings */
    public function testOpensToTheServiceAlone(array $change, int $status): void
    {
        $settings = Settings::load();
        $body = json_encode($change + [
            'protocol' => 1, 'to' => Doorbell::ADDRESS, 'installation' => $settings->text('installation'),
        ]);
        $signed = self::signed($body, Secrets::of(Secrets::TO_WHMCS));

        self::assertSame($status, Doorbell::judge($signed, $body, $settings));
        self::assertSame(401, Doorbell::judge($signed, $body, $settings), 'a ring works once');
        self::assertSame(401, Doorbell::judge($signed, $body . ' ', $settings), 'a changed body');
        self::assertSame(401, Doorbell::judge(['REQUEST_METHOD' => 'POST'], $body, $settings), 'no signature');
        $ours = self::signed($body, Secrets::of(Secrets::TO_SERVICE));
        self::assertSame(401, Doorbell::judge($ours, $body, $settings), 'the other direction\'s secret');
    }

    public function testTheDoorbellAnswersAndWorks(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer, ['breaker_failures' => 3, 'breaker_open_until' => '2999-01-01 00:00:00']);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], $settings));
        $port = FreePort::find();
        $whmcs = new Process(['php', '-S', '127.0.0.1:' . $port, '-t', ROOTDIR]);
        for ($look = 0; $look < 200 && @fsockopen('127.0.0.1', $port) === false; $look++) {
            usleep(10000);
        }
        $body = json_encode([
            'protocol' => 1, 'to' => Doorbell::ADDRESS, 'installation' => $settings->text('installation'),
        ]);

        $stranger = self::ring($port, $body, []);
        $service = self::ring($port, $body, self::signed($body, Secrets::of(Secrets::TO_WHMCS)));
        for ($look = 0; $look < 200 && self::spooled() !== []; $look++) {
            usleep(20000);
        }
        $whmcs->stop();

        self::assertSame([401, 204], [$stranger, $service]);
        self::assertSame([], self::spooled(), 'it was sent although the breaker was open');
        self::assertSame(0, Settings::load()->number('breaker_failures'));
    }

    /** Without WHMCS beside it: whatever would start WHMCS, or needs it, fails. */
    public function testAStrangerHasNeitherWhmcsStartedNorIsToldAnythingByFilesThatAreNotMeantForBrowsers(): void
    {
        $root = Folder::temporary('creditbridge-served-');
        Folder::copy(ROOTDIR . '/modules/addons/creditbridge', $root . '/modules/addons/creditbridge');
        $port = FreePort::find();
        $server = new Process(['php', '-d', 'display_errors=1', '-S', '127.0.0.1:' . $port, '-t', $root]);
        for ($look = 0; $look < 200 && @fsockopen('127.0.0.1', $port) === false; $look++) {
            usleep(10000);
        }
        $body = json_encode(['protocol' => 1, 'to' => Doorbell::ADDRESS, 'installation' => Uuid::v7()]);
        $signed = self::signed($body, ['whsec_' . base64_encode(random_bytes(32))]);
        $statuses = [
            'no headers' => self::ring($port, $body, []),
            'of long ago' => self::ring($port, $body, ['HTTP_WEBHOOK_TIMESTAMP' => (string) (time() - 301)] + $signed),
            'no signature' => self::ring($port, $body, ['HTTP_WEBHOOK_SIGNATURE' => 'x'] + $signed),
            'too large' => self::ring($port, $body . str_repeat(' ', 5000), $signed),
            'of something else' => self::ring($port, '{"to":"POST /v1/page"}', $signed),
            'with the form of a ring' => self::ring($port, $body, $signed),
        ];
        $anyStatus = stream_context_create(['http' => ['ignore_errors' => true]]);
        $told = [];
        $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root . '/modules/addons/creditbridge/lib'));
        foreach ($files as $file) {
            if ($file->getExtension() === 'php') {
                $path = substr($file->getPathname(), strlen($root));
                $told[$path] = (string) file_get_contents('http://127.0.0.1:' . $port . $path, false, $anyStatus);
            }
        }
        $server->stop();

        self::assertSame(['with the form of a ring'], array_keys(array_diff($statuses, [401])));
        self::assertGreaterThan(100, count($told));
        self::assertSame([], array_filter($told), 'each file ends quietly');
    }

    private static function ring(int $port, string $body, array $server): int
    {
        $headers = [];
        foreach (['ID', 'TIMESTAMP', 'SIGNATURE'] as $name) {
            if (isset($server['HTTP_WEBHOOK_' . $name])) {
                $headers[] = 'webhook-' . strtolower($name) . ': ' . $server['HTTP_WEBHOOK_' . $name];
            }
        }
        $handle = curl_init('http://127.0.0.1:' . $port . '/modules/addons/creditbridge/doorbell.php');
        curl_setopt_array($handle, [
            CURLOPT_POSTFIELDS => $body, CURLOPT_HTTPHEADER => $headers, CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        curl_exec($handle);

        return curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    }

    private static function signed(string $body, array $secrets): array
    {
        $id = Uuid::v7();

        return [
            'REQUEST_METHOD' => 'POST',
            'HTTP_WEBHOOK_ID' => $id,
            'HTTP_WEBHOOK_TIMESTAMP' => (string) time(),
            'HTTP_WEBHOOK_SIGNATURE' => Signer::sign($id, time(), $body, $secrets),
        ];
    }
}
