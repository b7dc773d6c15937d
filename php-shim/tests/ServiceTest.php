<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\FreePort;
use CreditBridge\Tests\Support\Process;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Reply;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceUrl;
use WHMCS\Module\Addon\Creditbridge\Connection\Signer;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Page\PanelActions;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Settings;

final class ServiceTest extends ShimTestCase
{
    private static function call(): Reply
    {
        return (new Service(Settings::load()))->call('/v1/manifest', [], 2000);
    }

    private function reasonOf(callable $act): string
    {
        try {
            $act();
        } catch (ServiceDown $down) {
            return $down->reason();
        }
        $this->fail('the service was believed');
    }

    private function messageOf(callable $act): string
    {
        try {
            $act();
        } catch (ServiceDown $down) {
            return $down->getMessage();
        }
        $this->fail('the service was believed');
    }

    public function testSignsTheExactBytesItSendsAndBelievesASignedReply(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 3]]]);

        self::assertSame(3, self::call()->body['manifest']['number']);

        $request = $peer->requests()[0];
        $body = json_decode($request['body'], true);
        self::assertSame('POST /v1/manifest', $body['to']);
        self::assertSame(1, $body['protocol']);
        self::assertSame(Settings::load()->text('installation'), $body['installation']);
        self::assertSame('', Signer::refusal(
            $request['headers']['webhook-id'],
            $request['headers']['webhook-timestamp'],
            $request['body'],
            $request['headers']['webhook-signature'],
            Secrets::of(Secrets::TO_SERVICE),
            time()
        ));
    }

    public function unbelievable(): array
    {
        return [
            'not signed' => [['sign' => false], 'reply-timestamp-missing'],
            'with another status than the signed one' => [['signStatus' => 409], 'reply-signature-wrong'],
            'signed for another request' => [['signFor' => 'another'], 'reply-signature-wrong'],
            'signed long ago' => [['clock' => -301], 'reply-timestamp-too-old'],
            'signed in the future' => [['clock' => 302], 'reply-timestamp-too-new'],
            'a redirect' => [['status' => 302, 'sign' => false, 'headers' => ['Location: /v1/else']], 'reply-timestamp-missing'],
            'not the secret' => [['status' => 401, 'sign' => false, 'raw' => '{"code":"signature-wrong"}'], 'not-accepted'],
            'too large' => [['raw' => str_repeat('x', 2200000)], 'unreachable'],
            'too slow' => [['sleepMs' => 2500], 'unreachable'],
            'storage is down' => [['status' => 503, 'body' => ['code' => 'storage-unavailable']], 'storage-unavailable'],
            'another protocol' => [['status' => 400, 'body' => ['code' => 'upgrade-shim']], 'upgrade-shim'],
        ];
    }

    /** @dataProvider unbelievable */
    public function testTakesWhatItCannotBelieveAsDown(array $answer, string $reason): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', $answer + ['body' => ['manifest' => []]]);

        self::assertSame($reason, $this->reasonOf([self::class, 'call']));
        self::assertCount(1, $peer->requests(), 'a redirect is not followed');
        self::assertSame(1, Settings::load()->number('breaker_failures'));
    }

    public function strangeAnswers(): array
    {
        $other = 'another server answers at this address\. Expected is a reply that our service signed\. Check the Service URL';
        return [
            'HTML' => [['sign' => false, 'raw' => '<!DOCTYPE html><title>secret words</title>'], "a page of HTML, so $other"],
            'a 404 of another server' => [
                ['status' => 404, 'sign' => false, 'raw' => "<html>\n<h1>secret words</h1>"],
                "\(HTTP 404\) .* a page of HTML, so $other",
            ],
            'other JSON' => [['sign' => false, 'raw' => '{"secret":"words"}'], "JSON without a signature, so $other"],
            'a redirect' => [
                ['status' => 302, 'sign' => false, 'raw' => '', 'headers' => ['Location: /secret-words']],
                "\(HTTP 302\) .* a redirect, so $other",
            ],
            'another secret' => [
                ['signFor' => 'another'],
                'another secret than CREDITBRIDGE_SECRET_TO_WHMCS\. Press Show the secrets .* restart it',
            ],
            'our secret is another' => [
                ['status' => 401, 'sign' => false, 'raw' => '{"code":"signature-wrong"}'],
                'did not accept the message \(HTTP 401, signature-wrong\): the secrets differ\. Press Show the secrets',
            ],
            'our clock' => [
                ['status' => 401, 'sign' => false, 'raw' => '{"code":"timestamp-too-old"}'],
                'timestamp-too-old\): The clocks of this server and of the service differ',
            ],
            'its clock' => [['clock' => -400], 'a signature of another time\. The clocks'],
            'too much' => [['raw' => str_repeat('x', 2200000)], "is longer than 2097152 bytes, so $other"],
            'another release' => [
                ['status' => 400, 'body' => ['code' => 'upgrade-service']],
                'too old for this addon \(upgrade-service\): install the service of the same release',
            ],
        ];
    }

    /** @dataProvider strangeAnswers */
    public function testSaysWhatItFoundWhatItExpectedAndWhatToDo(array $answer, string $expected): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', $answer + ['body' => []]);

        $said = $this->messageOf([self::class, 'call']);
        self::assertMatchesRegularExpression('/' . $expected . '/s', $said);
        self::assertStringNotContainsString('secret words', $said, 'a stranger has no words on our pages');
    }

    public function testNamesTheSocketThatIsDead(): void
    {
        $path = sys_get_temp_dir() . '/cb-' . getmypid() . '.sock';
        $this->paired(null, ['service_url' => 'unix:' . $path]);
        self::assertStringContainsString('There is no socket ' . $path, $this->messageOf([self::class, 'call']));

        file_put_contents($path, '');
        Capsule::update('UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL');
        self::assertStringContainsString($path . ' is no socket', $this->messageOf([self::class, 'call']));
        unlink($path);

        $server = stream_socket_server('unix://' . $path);
        // Nobody accepts what was left behind.
        fclose($server);
        Capsule::update('UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL');
        $said = $this->messageOf([self::class, 'call']);
        unlink($path);
        self::assertStringContainsString('Nothing listens on the socket ' . $path, $said);
        self::assertStringContainsString('compare CREDITBRIDGE_LISTEN', $said);
    }

    public function forbidden(): array
    {
        return [
            'who PHP is' => ['posix_getpwuid', '/There is no socket/'],
            'where it runs' => ['gethostname', '/There is no socket/'],
            'cURL' => ['curl_init', '/PHP cannot call the service: .*curl_init/'],
        ];
    }

    /** @dataProvider forbidden */
    public function testOpensTheBreakerAlsoWhereAServerForbidsWhatItNeeds(string $function, string $reason): void
    {
        $this->paired(null, ['service_url' => 'unix:/nowhere/creditbridge.sock']);
        $call = 'require ' . var_export(ROOTDIR . '/init.php', true) . ';'
            . 'require ' . var_export(ROOTDIR . '/modules/addons/creditbridge/lib/autoload.php', true) . ';'
            . 'use WHMCS\Module\Addon\Creditbridge\{Settings, Connection\Service, Connection\ServiceDown};'
            . 'try { (new Service(Settings::load()))->call("/v1/manifest", [], 1000); }'
            . 'catch (ServiceDown $down) { echo get_class($down); }';

        $process = new Process(['php', '-d', 'disable_functions=' . $function, '-r', $call]);
        $process->wait();

        self::assertSame(ServiceDown::class, $process->output());
        self::assertSame(1, Settings::load()->number('breaker_failures'));
        self::assertMatchesRegularExpression($reason, Settings::load()->text('breaker_reason'));
    }

    public function testSaysThatSecretsOfAnotherServerCannotBeReadAndMakesNewOnesWhenTheyAreShown(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', ['body' => []]);
        // As WHMCS finds them with another cc_encryption_hash.
        Database::change("UPDATE mod_creditbridge_secrets SET secret = REVERSE(secret)");
        Secrets::forget();

        self::assertStringContainsString('cc_encryption_hash', $this->messageOf([self::class, 'call']));
        self::assertSame([], $peer->requests());

        // Another web node may have the right one.
        Database::change("INSERT INTO mod_creditbridge_hosts (side, name, place, joined_at, beat, seen_at)"
            . " VALUES ('whmcs', 'web2', '{}', UTC_TIMESTAMP(6), 'b', UTC_TIMESTAMP(6) - INTERVAL 9 MINUTE)");
        $stored = Database::rows('SELECT * FROM mod_creditbridge_secrets');
        $actions = new PanelActions(Settings::load(), ['adminId' => 1, 'permissions' => [Viewer::FULL_ADMIN]]);
        self::assertStringContainsString('the same cc_encryption_hash', $actions->handle('show-secrets', []));
        self::assertSame($stored, Database::rows('SELECT * FROM mod_creditbridge_secrets'));
        Database::change('UPDATE mod_creditbridge_hosts SET seen_at = seen_at - INTERVAL 2 MINUTE');

        self::assertStringContainsString('CREDITBRIDGE_SECRET_TO_SERVICE=whsec_', $actions->handle('show-secrets', []));
        $made = Secrets::all();
        self::assertCount(1, $made[Secrets::TO_SERVICE]);
        Secrets::make();
        self::assertSame($made, Secrets::all(), 'once made, they stay');
        $peer->believe($made[Secrets::TO_WHMCS]);
        Database::change('UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6)');
        self::assertSame(200, self::call()->status);
    }

    public function testBelievesNoReplySignedWithItsOwnSecret(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', ['body' => []]);
        $peer->believe(Secrets::of(Secrets::TO_SERVICE));

        self::assertSame('reply-signature-wrong', $this->reasonOf([self::class, 'call']));
    }

    public function testRotatesSecretsWithoutAGap(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', ['body' => []]);
        $old = Secrets::of(Secrets::TO_WHMCS);

        Secrets::prepareNext('admin:1');
        self::assertCount(2, Secrets::of(Secrets::TO_WHMCS));
        self::call();
        $peer->believe([Secrets::of(Secrets::TO_WHMCS)[0]]);
        self::call();
        Secrets::promoteNext('admin:1');
        self::call();

        $peer->believe($old);
        self::assertSame('reply-signature-wrong', $this->reasonOf([self::class, 'call']));
    }

    public function testConnectsNoMoreOnceItKnowsThatTheServiceIsDownAndSaysSoOnce(): void
    {
        $this->paired(null, ['service_url' => 'http://127.0.0.1:' . FreePort::find()]);

        self::assertSame('unreachable', $this->reasonOf([self::class, 'call']));
        self::assertSame('breaker-open', $this->reasonOf([self::class, 'call']));
        self::assertSame('breaker-open', $this->reasonOf([self::class, 'call']));

        self::assertCount(1, preg_grep('/the service is down/', self::activity()));
    }

    public function testPausesLongerWithEachFailureAndSaysWhenTheServiceIsBack(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $pauses = [];
        foreach (range(1, 5) as $failure) {
            $peer->answer('/v1/manifest', ['sign' => false]);
            $this->reasonOf([self::class, 'call']);
            $pauses[] = (int) Database::value(
                'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), breaker_open_until) FROM mod_creditbridge_settings'
            ) / 1e6;
            Database::change('UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6)');
        }
        foreach ([5, 15, 60, 300, 300] as $index => $seconds) {
            self::assertEqualsWithDelta($seconds, $pauses[$index], $seconds * 0.21);
        }

        $peer->answer('/v1/manifest', ['body' => []]);
        self::call();
        self::assertSame(0, Settings::load()->number('breaker_failures'));
        self::assertCount(1, preg_grep('/the service is down/', self::activity()));
        self::assertCount(1, preg_grep('/answers again/', self::activity()));
    }

    public function testAPageThatCannotBeDrawnKeepsNoDeliveryBack(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $peer->answer('/v1/page', ['status' => 500, 'body' => ['code' => 'internal-error']]);

        $reason = $this->reasonOf(static function () use ($settings): void {
            (new Service($settings))->call('/v1/page', [], 1000);
        });

        self::assertSame('internal-error', $reason);
        self::assertSame(0, Settings::load()->number('breaker_failures'));
    }

    public function testALongProcessNoticesThatThePauseIsOver(): void
    {
        $this->paired(null, ['breaker_failures' => 1]);
        Database::change('UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND');
        $breaker = new Breaker(Settings::load());

        self::assertTrue($breaker->isOpen());
        usleep(1100000);
        self::assertFalse($breaker->isOpen());
    }

    public function testAWebNodeThatDoesNotReachALivingServicePausesOnlyItself(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $peer->answer('/v1/manifest', ['body' => []]);
        Database::change('UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6), breaker_failures = 3,'
            . " breaker_open_until = '2999-01-01 00:00:00', breaker_host = 'web2'");

        self::call();

        $settings = Settings::load();
        self::assertSame(3, $settings->number('breaker_failures'), 'web2 still pauses');
        Database::change("UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6) - INTERVAL 31 SECOND");
        self::assertSame('breaker-open', $this->reasonOf([self::class, 'call']), 'nobody has seen it alive');
    }

    public function testTheFirstHostThatFailsIsNamedAndTheSecondOneMakesItAFaultOfTheService(): void
    {
        $this->paired(null, ['service_url' => 'http://127.0.0.1:' . FreePort::find()]);
        Database::change('UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6)');

        self::assertSame('unreachable', $this->reasonOf([self::class, 'call']));
        self::assertSame(Hosts::name(), Settings::load()->text('breaker_host'));

        Database::change("UPDATE mod_creditbridge_settings SET breaker_host = 'web2'");
        self::assertSame('unreachable', $this->reasonOf([self::class, 'call']));
        self::assertSame('', Settings::load()->text('breaker_host'));
        self::assertSame('breaker-open', $this->reasonOf([self::class, 'call']));
    }

    public function testLetsOneProcessAloneTryWhenHalfOpen(): void
    {
        $this->paired(null, ['breaker_failures' => 2, 'breaker_open_until' => '2000-01-01 00:00:00']);
        $allowed = 0;
        foreach (range(1, 5) as $ignored) {
            $allowed += (new Breaker(Settings::load()))->allows() ? 1 : 0;
        }

        self::assertSame(1, $allowed);
    }

    public function testSendsNothingInsideATransaction(): void
    {
        $peer = $this->peer();
        $this->paired($peer);

        Capsule::connection()->beginTransaction();
        $reason = $this->reasonOf([self::class, 'call']);
        Capsule::connection()->rollBack();

        self::assertSame('in-transaction', $reason);
        self::assertSame([], $peer->requests());
        self::assertSame(0, Settings::load()->number('breaker_failures'));
    }

    public function testSpeaksThroughAUnixSocket(): void
    {
        // As the settings of the service write it, and as a URL.
        foreach (['unix:/run/creditbridge.sock', 'unix:///run/creditbridge.sock'] as $written) {
            $url = new ServiceUrl($written);

            self::assertSame(['/run/creditbridge.sock', 'http://localhost'], [$url->socket, $url->base]);
        }
    }

    public function addresses(): array
    {
        return [
            'loopback' => ['http://127.0.0.1:8350', true],
            'loopback by name' => ['http://localhost:8350/', true],
            'loopback of IPv6' => ['http://[::1]:8350', true],
            'https elsewhere' => ['https://bridge.example.com/credit', true],
            'http elsewhere' => ['http://bridge.example.com', false],
            'a name that begins like loopback' => ['http://127.0.0.1.example.com', false],
            'a user in the address' => ['http://127.0.0.1@example.com', false],
            'a file' => ['file:///etc/passwd', false],
            'a socket' => ['unix:/run/http.sock', true],
            'no path of the socket' => ['unix:socket', false],
            'nothing' => ['', false],
        ];
    }

    /** @dataProvider addresses */
    public function testCallsLoopbackSocketsAndHttpsOnly(string $url, bool $isAllowed): void
    {
        try {
            new ServiceUrl($url);
            self::assertTrue($isAllowed);
        } catch (\InvalidArgumentException $refused) {
            self::assertFalse($isAllowed, $refused->getMessage());
        }
    }
}
