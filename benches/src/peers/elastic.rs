//! The crate `elastic-elgamal`: a ring proof of each bit over ristretto255.

use super::{Arguments, Figures, least_ms};
use anyhow::ensure;
use elastic_elgamal::Keypair;
use elastic_elgamal::app::{ChoiceParams, EncryptedChoice};
use elastic_elgamal::group::Ristretto;
use rand_core_06::OsRng;

pub(super) fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let options = arguments.options as usize;
    let (receiver, _) = Keypair::<Ristretto>::generate(&mut OsRng).into_tuple();
    let params = ChoiceParams::multi(receiver, options);
    let chosen: Vec<bool> = (0..options).map(|n| n < arguments.max as usize).collect();
    let ballot = EncryptedChoice::new(&params, &chosen, &mut OsRng);
    let seal_ms = least_ms(arguments.rounds, || {
        let sealed = EncryptedChoice::new(&params, &chosen, &mut OsRng);
        ensure!(sealed.len() == options, "an option is missing");
        Ok(())
    })?;
    let verify_ms = least_ms(arguments.rounds, || {
        ballot.verify(&params)?;
        Ok(())
    })?;
    // Two points a ciphertext; of the ring proof a common challenge and two responses each.
    let bytes = options * 2 * 32 + 32 + options * 2 * 32;
    Ok(Figures {
        name: "elastic-elgamal 0.3.1".to_owned(),
        bytes,
        seal_ms,
        verify_ms,
        note: "without decoding; proves bits, but no limit on how many",
    })
}
