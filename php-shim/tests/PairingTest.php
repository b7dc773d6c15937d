<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Pairing;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Uuid;
use WHMCS\Module\Addon\Creditbridge\Work\Round;

final class PairingTest extends ShimTestCase
{
    private function pair(array $reply): Settings
    {
        $peer = $this->peer();
        $settings = $this->paired($peer, ['state' => 'new']);
        $peer->answer('/v1/pair', ['body' => $reply]);
        $peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 7, 'hooks' => [
            'InvoicePaid' => ['answer' => 'deferred'],
        ]]]]);
        try {
            (new Pairing($settings, new Service($settings)))->pair();
        } catch (ServiceDown $down) {
            $settings->reload();
            $this->assertNotSame('paired', $settings->text('state'), $down->getMessage());
        }
        $settings->reload();
        $body = json_decode($peer->requests()[0]['body'], true);
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/D', $settings->text('nonce'));
        self::assertSame(hash('sha256', $settings->text('nonce')), $body['nonceHash']);

        return $settings;
    }

    public function testIsPairedOnceTheServiceReadTheNonceInThisDatabase(): void
    {
        $settings = $this->pair(['nonce' => 'right', 'service' => '0.1.0', 'state' => 'paired']);

        self::assertSame('paired', $settings->text('state'));
        self::assertSame(7, $settings->number('manifest_number'));
        self::assertArrayHasKey('InvoicePaid', $settings->manifestHooks());
    }

    public function testIsNotPairedWithAServiceThatSeesAnotherDatabase(): void
    {
        self::assertSame('new', $this->pair(['nonce' => 'wrong', 'state' => 'paired'])->text('state'));
        self::assertSame('new', $this->pair(['nonce' => '', 'state' => 'other-database'])->text('state'));
    }

    public function testSendsAndRunsNothingInACopyUntilAnAdminSaysWhatItIs(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], $settings));
        $settings->write(['fingerprint' => ['systemUrl' => 'https://old.example.com'] + Fingerprint::here()]);

        (new Round($settings))->work(self::soon());

        self::assertSame('copy-or-move', Settings::load()->text('state'));
        self::assertSame(['open', []], [self::state($id), $peer->requests()]);
        self::assertCount(1, preg_grep('/at another place than before/', self::activity()));

        Pairing::moved($settings, 'admin:1');
        self::assertSame(Fingerprint::HOME, Fingerprint::notice(Settings::load()));
        $peer->answer('/v1/pair', ['body' => ['nonce' => 'right', 'state' => 'paired']]);
        $peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 1, 'hooks' => []]]]);
        (new Round($settings))->work(self::soon());
        self::assertSame(['done', []], [self::state($id), self::spooled()]);
    }

    public function testACopyCanNoLongerSpeakInTheOriginalsName(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $before = [Secrets::of(Secrets::TO_SERVICE), $settings->text('installation')];

        $this->comesFromElsewhere($settings);
        Pairing::copied($settings, 'admin:1');

        $settings->reload();
        self::assertSame('copy', $settings->text('state'));
        self::assertNotSame($before[0], Secrets::of(Secrets::TO_SERVICE));
        self::assertNotSame($before[1], $settings->text('installation'));
        self::assertSame('', $settings->text('service_url'));
        self::assertStringContainsString('moved or copied', (new Executor($settings))->obstacle());

        Pairing::turnOn($settings, 'admin:1');
        self::assertSame('new', Settings::load()->text('state'));
    }

    public function testACopyCarriesOutNothingThatTheOriginalHadBegun(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $client = $this->client('0.00');
        $add = ['clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add'];
        $open = $this->command('AddCredit', $client, $add);
        $running = $this->command('AddCredit', $client, $add, [
            'state' => 'running', 'lease_until' => '2020-01-01 00:00:00',
            'witnesses' => '{"creditId":0,"emailId":0,"balance":"0.00","invoice":null}',
        ]);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], $settings));

        $this->comesFromElsewhere($settings);
        Pairing::copied($settings, 'admin:1');
        Pairing::turnOn($settings, 'admin:1');
        Settings::load()->write(['state' => 'paired']);
        (new Executor(Settings::load()))->run(self::soon());

        self::assertSame(['stale', 'stale'], [self::state($open), self::state($running)]);
        self::assertSame('0.00', self::balance($client));
        self::assertSame([], self::spooled(), 'the original tells its own hooks');
    }

    public function testAProcessThatBeganEarlierDoesNotOverruleTheAdminsAnswer(): void
    {
        $peer = $this->peer();
        $earlier = $this->paired($peer);
        $peer->answer('/v1/deliveries', ['status' => 400, 'body' => ['code' => 'not-paired']]);
        Database::change("UPDATE mod_creditbridge_settings SET state = 'copy'");

        try {
            (new Service($earlier))->deliver(['{}'], Uuid::v7(), 1000);
            self::fail('The service said that it is not paired.');
        } catch (ServiceDown $down) {
            self::assertSame('not-paired', $down->reason());
        }

        self::assertSame('copy', Settings::load()->text('state'));
    }

    public function testPairsAnewWhenTheServiceSaysThatItIsNotPaired(): void
    {
        $peer = $this->peer();
        $settings = $this->paired($peer);
        $peer->answer('/v1/deliveries', ['status' => 400, 'body' => ['code' => 'not-paired']]);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], $settings));

        (new Round($settings))->work(self::soon());

        self::assertSame('new', Settings::load()->text('state'));
        self::assertCount(1, self::spooled());
    }
}
